"use strict";
// Puts a new page into the frame, at the place where the reader was: same scroll, same parts open, same light.
const frame = document.querySelector("iframe");
const news = document.getElementById("news");
const stream = new EventSource("news");
let shown = null;

function place(page) {
  const open = [...page.querySelectorAll("details")].map((part) => part.open);
  const light = page.querySelector("input[name=light]:checked");
  return { top: page.defaultView.scrollY, open, title: page.title, light: light && light.id };
}

function restore(page, before) {
  const parts = page.querySelectorAll("details");
  // Other parts may be open than before where there are as many: it is the same question, graded again.
  if (parts.length === before.open.length) parts.forEach((part, n) => { part.open = part.open || before.open[n]; });
  const light = before.light && page.getElementById(before.light);
  if (light) light.checked = true;
  page.defaultView.scrollTo(0, before.top);
}

stream.onmessage = (event) => {
  const first = shown === null;
  const same = shown === event.data;
  shown = event.data;
  news.classList.remove("ended");
  if (first || same) return;
  const before = place(frame.contentDocument);
  frame.addEventListener("load", () => {
    restore(frame.contentDocument, before);
    document.title = frame.contentDocument.title;
    news.textContent = `${news.dataset.renewed} ${document.title}`;
  }, { once: true });
  frame.contentWindow.location.reload();
};

stream.addEventListener("ended", () => {
  stream.close();
  news.textContent = news.dataset.ended;
  news.classList.add("ended");
});

stream.onerror = () => {
  news.textContent = news.dataset.ended;
  news.classList.add("ended");
};
