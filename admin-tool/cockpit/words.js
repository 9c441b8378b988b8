/*
 * Words and times, in the language of who reads them.
 */
const cockpit = window.cockpit;

export const _ = text => cockpit.gettext(text);
export const format = (text, ...values) => cockpit.format(text, ...values);
export const plural = (one, many, count) => format(cockpit.ngettext(one, many, count), count);

const language = () => (cockpit.language || "en").replace("_", "-");

/* A time of the tool's, RFC 3339 in UTC, in the reader's own zone; it stays on one line. */
export function when(text, none = _("Never")) {
    if (!text)
        return none;
    return new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(text)).replace(/\s/g, "\u00a0");
}

export const number = value => new Intl.NumberFormat(language()).format(value);

/* What the tool calls them; a word that is not known here is shown as it is. */
export function statusWord(status) {
    return { active: _("Active"), suspended: _("Suspended"), expired: _("Expired"), dormant: _("Dormant") }[status] || status;
}

export function roleWord(role) {
    return { admin: _("Admin"), auditor: _("Auditor"), member: _("Member") }[role] || role;
}

/* As the page is read in the reader's language, so is its direction. */
export function markLanguage() {
    document.documentElement.lang = language();
    document.documentElement.dir = cockpit.language_direction || "ltr";
}
