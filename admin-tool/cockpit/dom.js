/*
 * Elements, made by hand. What comes from outside is text and nothing else: a string given here never becomes markup.
 */

/* make("td", { class: "name", onclick: f, hidden: true }, "text", element, null, [more]) */
export function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);

    for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false)
            continue;
        if (name.startsWith("on"))
            element.addEventListener(name.slice(2), value);
        else if (name === "value" || name === "checked" || name === "indeterminate")
            element[name] = value;
        else
            element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
    return element;
}

export const button = (text, kind, onclick, more = {}) =>
    make("button", { type: "button", class: "button " + kind, onclick, ...more }, text);

/* A word in a pill: what it says does not hang on its colour. */
export const label = (text, colour) => make("span", { class: "label " + colour }, text);

/* Replaces what is in a place; who had the focus there has it again, found by data-focus. */
export function fill(place, ...children) {
    const key = place.contains(document.activeElement) && document.activeElement.dataset.focus;

    place.replaceChildren(...children.flat(Infinity).filter(Boolean));
    if (key && !refocus(key, place))
        document.getElementById("view").focus(); // what had it is gone
}

export function refocus(key, place = document) {
    for (const element of place.querySelectorAll("[data-focus]"))
        if (element.dataset.focus === key) {
            element.focus();
            return true;
        }
    return false;
}

function goRound(dialog, event) {
    const inside = [...dialog.querySelectorAll("button, input, select, textarea, summary, [tabindex='0']")].filter(one => !one.disabled && one.checkVisibility());
    const [edge, other] = event.shiftKey ? [inside[0], inside.at(-1)] : [inside.at(-1), inside[0]];

    if (event.key === "Tab" && (document.activeElement === edge || !inside.includes(document.activeElement))) {
        event.preventDefault();
        other.focus();
    }
}

/* A dialog in which Tab goes round: without that the shell around the page's frame would have the focus next. */
export function makeDialog(attributes, ...children) {
    const dialog = make("dialog", { ...attributes, onkeydown: event => goRound(dialog, event) }, ...children);
    return dialog;
}

let names = 0;
export const newId = () => "id-" + (++names);
