"use strict";
// What a page that is served can do: ask nbvc, and tell it that the page was closed.
const ask = async (body) => {
  const answer = await fetch(`${location.pathname}answer`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body)
  });
  return answer.json();
};

addEventListener("pagehide", () => {
  const { visit } = document.documentElement.dataset;
  const body = new Blob([JSON.stringify({ visit })], { type: "application/json" });
  navigator.sendBeacon(`${location.pathname}leave`, body);
});
