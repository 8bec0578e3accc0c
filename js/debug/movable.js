// The panel is dragged by its bar, and moved by the arrow keys while its grip has the focus. It never leaves the window.

const STEP = 24;
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

/** `onMove` is called when somebody has moved it, and knows better where it stands than we. */
export function movable(board, { bar, grip, onMove, signal }) {
  let [x, y] = [0, 0];
  const move = (dx, dy) => {
    const { left, top, right, bottom } = board.getBoundingClientRect();
    // As far as there is room; a window that was made smaller has taken some.
    x += Math.max(-left, Math.min(dx, innerWidth - right));
    y += Math.max(-top, Math.min(dy, innerHeight - bottom));
    board.style.setProperty("translate", `${x}px ${y}px`);
  };

  bar.addEventListener("pointerdown", (down) => {
    if (down.button !== 0 || down.target.closest(".fold")) return;
    bar.setPointerCapture(down.pointerId);
    let [lastX, lastY] = [down.clientX, down.clientY];
    const drag = ({ clientX, clientY }) => {
      onMove();
      move(clientX - lastX, clientY - lastY);
      [lastX, lastY] = [clientX, clientY];
    };
    bar.addEventListener("pointermove", drag);
    bar.addEventListener("lostpointercapture", () => bar.removeEventListener("pointermove", drag), { once: true });
  });
  grip.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault(); // The page would scroll.
    onMove();
    move(...step);
  });
  addEventListener("resize", () => move(0, 0), { signal });
}
