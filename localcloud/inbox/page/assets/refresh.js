// Fetches the page again every few seconds and puts in what changed. The new content is the
// server's own page, with every value escaped; what the reader opened stays open.
const SECONDS = 3;
const live = document.getElementById("live");
const say = (text, lost) => {
  if (live.textContent !== text) live.textContent = text;
  live.classList.toggle("lost", lost);
};

async function refresh() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    say("live", false);
  } catch {
    say("not running", true);
  }
}

function show(fresh) {
  const old = document.getElementById("content");
  const content = fresh.getElementById("content");
  const open = [...old.querySelectorAll("article:has(details[open])")].map((card) => card.id);
  for (const id of open) content.querySelector(`#${id} details`)?.setAttribute("open", "");
  if (content.outerHTML === old.outerHTML) return;
  old.replaceWith(content);
  document.title = fresh.title;
}

setInterval(refresh, SECONDS * 1000);
