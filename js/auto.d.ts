/**
 * Does what the script tag does: reads the options from the attributes of the first element with `data-endpoint`, and
 * puts the object on `window.leadkeep`.
 */
export {};
