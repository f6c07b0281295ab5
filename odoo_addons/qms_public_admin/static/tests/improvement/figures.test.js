import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import "@qms_public_admin/improvement/before_after";
import "@qms_public_admin/improvement/measure_chart";

const SIDES = [
    { label: "Before", value: 0.7, low: 0.6, high: 0.8, text: "70%" },
    { label: "After", value: 0.97, low: 0.9, high: 0.99, text: "97%" },
];
const CHART = {
    kind: "share",
    unit: "",
    labels: ["Q1/2026", "Q2/2026"],
    values: [0.9, 0.95],
    low: [0.8, 0.9],
    high: [0.95, 0.98],
    texts: ["90%", "95%"],
    provisional: [false, true],
    target: 0.95,
    baseline: null,
    trend: null,
};

class Check extends models.Model {
    _name = "qms.effectiveness.check";

    picture = fields.Json();
    chart = fields.Json();

    _records = [
        { id: 1, picture: { kind: "share", sides: SIDES, shown: "better" }, chart: CHART },
        { id: 2, picture: false, chart: { ...CHART, values: [null, null] } },
    ];
}

defineMailModels();
defineModels([Check]);

const open = (resId) =>
    mountView({
        type: "form",
        resModel: "qms.effectiveness.check",
        resId,
        arch: `<form>
            <field name="picture" widget="qms_before_after" />
            <field name="chart" widget="qms_measure_chart" />
        </form>`,
    });

test("before and after stand with their intervals and their words", async () => {
    await open(1);
    expect(queryAllTexts(".o_qms_before_after text")).toEqual(["70%", "Before", "97%", "After"]);
    expect(".o_qms_before_after circle").toHaveCount(2);
    const [before, after] = document.querySelectorAll(".o_qms_before_after circle");
    expect(Number(after.getAttribute("cy"))).toBeLessThan(Number(before.getAttribute("cy")));
    expect(after).toHaveAttribute("fill", "#28a745");
});

test("a chart says its figures to who does not see it", async () => {
    await open(1);
    expect(queryFirst(".o_qms_measure_chart canvas")).toHaveAttribute(
        "aria-label",
        "Q1/2026: 90%; Q2/2026: 95%"
    );
});

test("without figures there is no picture and no chart", async () => {
    await open(2);
    expect(".o_qms_before_after").toHaveCount(0);
    expect(".o_qms_measure_chart canvas").toHaveCount(0);
    expect(".o_qms_measure_chart").toHaveText("No figures yet.");
});
