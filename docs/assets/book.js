// What a page is told of its site: its build, the exercises of every page, and what Python needs.
const told = (page) => JSON.parse(page.getElementById("book")?.textContent ?? "{}");
const book = told(document);

// Flipbooks: a slider and a play button over the frames of a figure.
function flipbook(figure) {
  const frames = [...figure.querySelectorAll(".frame")];
  const controls = figure.querySelector(".controls");
  const [label, play, slider] = controls.children;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let timer = 0;

  function show(number) {
    frames.forEach((frame, i) => (frame.hidden = i !== number));
    slider.value = number;
    label.value = frames[number].dataset.label;
    slider.setAttribute("aria-valuetext", label.value);
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.setAttribute("aria-label", "Play");
  }

  // From the first frame, or the one that is shown, to the last.
  function start() {
    play.setAttribute("aria-label", "Pause");
    if (+slider.value === frames.length - 1) show(0);
    timer = setInterval(() => {
      show(+slider.value + 1);
      if (+slider.value === frames.length - 1) stop();
    }, still.matches ? 2500 : 900);
  }

  slider.addEventListener("input", () => {
    stop();
    show(+slider.value);
  });
  play.addEventListener("click", () => (timer ? stop() : start()));
  controls.hidden = false;
  show(+slider.value);
  if (figure.closest(".home") && !still.matches) start();
}

function begin() {
  if (told(document).build !== book.build) return location.reload(); // style and scripts are of another build
  document.querySelectorAll(".flipbook").forEach((figure) => {
    if (!figure.dataset.ready) {
      figure.dataset.ready = "yes";
      flipbook(figure);
    }
  });
}

// Material tells of every page that it puts in place without loading it.
window.document$ ? document$.subscribe(begin) : document.addEventListener("DOMContentLoaded", begin);

// The fonts, if they were late, are put in place with the next page.
let pages = 0;
window.document$?.subscribe(() => pages++ && bookFonts.every((font) => font.status === "loaded") && addFonts());

// Terms: a first tap shows what one means, a second opens the glossary; Escape puts it away.
let was; // focused before the tap
document.addEventListener("pointerdown", () => (was = document.activeElement), true);
document.addEventListener(
  "click",
  (event) => {
    const term = event.target.closest(".term");
    if (!term || term === was || event.pointerType !== "touch") return;
    event.preventDefault();
    event.stopPropagation(); // or Material would open it
    term.focus();
  },
  true
);
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const term of document.querySelectorAll(".term:is(:hover, :focus)")) {
    term.classList.add("away");
    term.onblur = term.onpointerleave = () => term.classList.remove("away");
  }
});
