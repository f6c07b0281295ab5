import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { mockTimeZone } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import "@qms_public_admin/core/datetime_field";

class Dossier extends models.Model {
    _name = "qms.dossier";

    due_at = fields.Datetime();

    _records = [
        { id: 1, due_at: "2026-11-21 01:05:09" },
        { id: 2, due_at: false },
    ];
}

defineMailModels();
defineModels([Dossier]);

test("a moment is written in figures to the minute, in lists and forms", async () => {
    mockTimeZone(7);
    await mountView({
        type: "list",
        resModel: "qms.dossier",
        arch: `<list><field name="due_at" widget="qms_datetime"/></list>`,
    });
    expect(queryAllTexts("td.o_data_cell")).toEqual(["11/21/2026 08:05", ""]);
});

test("a form shows the same figures", async () => {
    mockTimeZone(7);
    await mountView({
        type: "form",
        resModel: "qms.dossier",
        resId: 1,
        arch: `<form><field name="due_at" widget="qms_datetime" readonly="1"/></form>`,
    });
    expect("[name=due_at]").toHaveText("11/21/2026 08:05");
});
