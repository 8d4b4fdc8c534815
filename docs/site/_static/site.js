// What is wider than its place scrolls, and can be reached by keys for it; nothing else asks for a key.
function markScrolling() {
  for (const box of document.querySelectorAll("pre, .formula, .cell_output, .table-wrapper")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
addEventListener("load", markScrolling);
addEventListener("resize", markScrolling);
document.addEventListener("toggle", markScrolling, true); // an answer was opened
document.addEventListener("change", markScrolling); // a tab was chosen
