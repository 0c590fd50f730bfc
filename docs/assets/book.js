// Flipbooks: a slider and a play button over the frames of a figure.
function flipbook(figure) {
  const frames = [...figure.querySelectorAll(".frame")];
  const controls = figure.querySelector(".controls");
  const [play, slider, label] = controls.children;
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
    play.textContent = "▶";
    play.setAttribute("aria-label", "Play");
  }

  function start() {
    play.textContent = "⏸";
    play.setAttribute("aria-label", "Pause");
    timer = setInterval(() => show((+slider.value + 1) % frames.length), still.matches ? 2500 : 900);
  }

  slider.addEventListener("input", () => {
    stop();
    show(+slider.value);
  });
  play.addEventListener("click", () => (timer ? stop() : start()));
  controls.hidden = false;
}

function begin() {
  document.querySelectorAll(".flipbook").forEach((figure) => {
    if (!figure.dataset.ready) {
      figure.dataset.ready = "yes";
      flipbook(figure);
    }
  });
}

// Material tells of every page that it puts in place without loading it.
window.document$ ? document$.subscribe(begin) : document.addEventListener("DOMContentLoaded", begin);
