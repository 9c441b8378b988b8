/*
 * The vertical ellipsis, and the menu below it: arrows, Home, End, Escape, and a letter, as menus have them.
 */
import { make } from "./dom.js";

let open = null;
let waiting = null; // what is to be drawn anew when no menu is in the way any more

function close(back) {
    if (!open)
        return;
    const { list, opener } = open;
    open = null;
    list.remove();
    opener.setAttribute("aria-expanded", "false");
    if (back)
        opener.focus();
    if (waiting)
        waiting();
    waiting = null;
}

function move(items, event) {
    const at = items.indexOf(document.activeElement);
    const letter = event.key.length === 1 ? event.key.toLowerCase() : null;
    const to = {
        ArrowDown: (at + 1) % items.length,
        ArrowUp: (at + items.length - 1) % items.length,
        Home: 0,
        End: items.length - 1,
    }[event.key];
    const next = letter ? items.find(item => item.textContent.toLowerCase().startsWith(letter)) : items[to];

    if (event.key === "Escape" || event.key === "Tab")
        close(event.key === "Escape");
    if (!next)
        return;
    event.preventDefault();
    next.focus();
}

/* entries: { text, danger, run }; run is called after the menu is gone and its opener has the focus again. */
function show(opener, entries) {
    const items = entries.map(entry => make("button", {
        type: "button", role: "menuitem", tabindex: "-1", class: entry.danger ? "danger" : null,
        onclick: () => { close(true); entry.run() },
    }, entry.text));
    const list = make("div", { class: "menu", role: "menu", onkeydown: event => move(items, event) }, items);

    close(false);
    opener.after(list);
    opener.setAttribute("aria-expanded", "true");
    open = { list, opener };
    const { bottom, height } = list.getBoundingClientRect();
    if (bottom > document.documentElement.clientHeight && opener.getBoundingClientRect().top >= height)
        list.classList.add("up");
    items[0].focus();
}

document.addEventListener("pointerdown", event => {
    if (open && !open.list.contains(event.target) && !open.opener.contains(event.target))
        close(false);
});

/* Now, or when the menu that is open is closed: a list that is drawn anew would take it away. */
export function whenClosed(draw) {
    if (open === null)
        draw();
    else
        waiting = draw;
}

/* entries() is asked when it is opened. */
export function kebab(name, key, entries) {
    const dots = make("button", {
        type: "button", class: "button plain kebab", "aria-haspopup": "menu", "aria-expanded": "false",
        "aria-label": name, "data-focus": key,
        onclick: () => { if (open && open.opener === dots) close(true); else show(dots, entries()) },
    }, make("span", { "aria-hidden": "true" }, "⋮"));
    return make("div", { class: "holder" }, dots);
}
