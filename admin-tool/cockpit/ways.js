/*
 * What the tool finds out by looking: the ways in of one account, and findings with the command that mends them.
 */
import { label, make } from "./dom.js";
import { _ } from "./words.js";

const severity = () => ({ problem: [_("Problem"), "red"], warning: [_("Warning"), "orange"], note: [_("Note"), "blue"] });

export const whatOf = one => [one.subject, one.what].filter(Boolean).join(": ");

export function findingsTable(findings) {
    const titles = [_("Severity"), _("Finding"), _("Why"), _("How to fix it")];
    const cells = one => [label(...(severity()[one.severity] || [one.severity, "grey"])), make("bdi", {}, whatOf(one)), one.why || "",
                          one.mend ? make("code", { class: "mono" }, one.mend) : ""];

    return make("table", { class: "table", "aria-label": _("Findings") },
                make("thead", {}, make("tr", {}, titles.map(title => make("th", { scope: "col" }, title)))),
                make("tbody", {}, findings.map(one => make("tr", {}, cells(one).map((cell, at) =>
                    make("td", { "data-label": titles[at] }, make("div", { class: "break" }, cell)))))));
}

export function showWays({ ways, findings }) {
    const titles = [_("Service"), _("By"), _("Works"), _("Why")];
    const cells = way => [way.service, way.method, way.works ? label(_("Yes"), "green") : label(_("No"), "red"), way.why || ""];

    return [
        findings.length > 0 ? findingsTable(findings) : null,
        make("table", { class: "table", "aria-label": _("Login methods") },
             make("thead", {}, make("tr", {}, titles.map(title => make("th", { scope: "col" }, title)))),
             make("tbody", {}, ways.map(way => make("tr", {}, cells(way).map((cell, at) => make("td", { "data-label": titles[at] }, cell)))))),
    ];
}
