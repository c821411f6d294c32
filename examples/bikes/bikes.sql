-- One row an hour of rentals. casual and registered are left out: their sum is the label.
-- Month and season are left out too: a model trained on a few months would learn them by heart.
SELECT
    -- The data set's hours are Washington's own; they are kept as if they were UTC. hr is text: 12am
    -- is 0, 1pm is 13.
    TRY_CAST(bikes.dteday AS TIMESTAMP) + to_hours(clock.hour_of_day) AS rented_at,
    bikes.cnt,
    clock.hour_of_day,
    isodow(TRY_CAST(bikes.dteday AS DATE)) AS day_of_week,
    bikes.holiday,
    bikes.workingday,
    bikes.weathersit,
    bikes.temp,
    bikes.atemp,
    bikes.hum,
    bikes.windspeed
FROM bikes
CROSS JOIN LATERAL (
    SELECT TRY_CAST(regexp_extract(bikes.hr, '^[0-9]+') AS INTEGER) % 12
        + CASE WHEN bikes.hr LIKE '%pm' THEN 12 ELSE 0 END AS hour_of_day
) AS clock
