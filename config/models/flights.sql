-- One row a flight that left New York, with the weather at its airport in its scheduled hour.
-- Never used, because known only afterwards: dep_time, dep_delay, arr_time, arr_delay, air_time
-- (but for the label). Month is left out: a model trained on January to March would see only three
-- of its twelve values and learn the winter of one year by heart.
SELECT
    -- time_hour marks the scheduled hour in UTC; hour and minute are local.
    TRY_CAST(flights.time_hour AS TIMESTAMPTZ) + to_minutes(flights.minute) AS scheduled_departure,
    CASE
        WHEN flights.dep_time IS NULL THEN 1   -- cancelled
        WHEN flights.arr_delay IS NULL THEN 1  -- diverted: never arrived where it should
        WHEN flights.arr_delay > 15 THEN 1
        ELSE 0
    END AS late,
    flights.carrier,
    flights.origin,
    flights.dest,
    flights.distance,
    flights.hour,
    flights.minute,
    isodow(make_date(flights.year, flights.month, flights.day)) AS weekday,
    weather.temp,
    weather.dewp,
    weather.humid,
    weather.wind_dir,
    weather.wind_speed,
    weather.wind_gust,
    weather.precip,
    weather.pressure,
    weather.visib
FROM flights
-- The same year, month, day and hour, said in UTC: unique also in the hour that autumn repeats.
LEFT JOIN weather USING (origin, time_hour)
