import { press } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";

// A dossier is received with the keyboard alone: no step of this tour clicks.

function type(content, trigger, text) {
    return {
        content,
        trigger,
        async run() {
            for (const key of text) {
                await press(key);
            }
        },
    };
}

function keys(content, trigger, ...names) {
    return {
        content,
        trigger,
        async run() {
            for (const name of names) {
                await press(name);
            }
        },
    };
}

const focused = (name) => `.o_field_widget[name=${name}] input:focus`;

registry.category("web_tour.tours").add("qms_quick_receipt_by_keyboard", {
    steps: () => [
        keys(
            "From the list of what waits, Alt+C starts a receipt",
            ".o_control_panel button:contains(Receive a dossier)",
            ["Alt", "c"]
        ),
        type("The procedure, without accents", focused("procedure_id"), "khai sinh"),
        keys(
            "Enter takes the procedure found, Tab goes on",
            ".o-autocomplete--dropdown-item:contains(Đăng ký khai sinh)",
            "Enter"
        ),
        keys("Its papers are there", ".o_qms_paper_ticks tr:contains(Application)", "Tab"),
        type("The applicant, without accents", focused("holder_name"), "tieng viet"),
        keys(
            "A known applicant, with a masked number",
            ".o-autocomplete--dropdown-item:contains(Đặng Thị Tiếng Việt):contains(•••678)",
            "Enter"
        ),
        keys(
            "On to the papers at once, without waiting for what is filled in",
            ".o_field_widget[name=holder_name]:not(:has(.o-autocomplete--dropdown-menu)) input:focus",
            "Tab",
            "Tab",
            "Tab",
            "Tab"
        ),
        {
            content: "What is known is filled in",
            trigger: ".o_field_widget[name=holder_identity] input:value(079203004005)",
        },
        {
            content: "The name is that of the applicant, not what was typed",
            trigger: ".o_field_widget[name=holder_name] input:value(Đặng Thị Tiếng Việt)",
        },
        keys("Space ticks all papers", ".o_qms_paper_ticks thead input:focus", " "),
        keys("The arrow goes to the first paper", ".o_qms_paper_ticks thead input:checked", "ArrowDown"),
        keys("Space takes its tick away", ".o_qms_paper_ticks tbody tr:first input:checked:focus", " "),
        {
            content: "It is missed",
            trigger: ".o_form_statusbar:not(:contains(Accept and print))",
        },
        keys("Space ticks it again", ".o_qms_paper_ticks tbody tr:first input:focus", " "),
        keys(
            "Alt+G accepts and prints",
            ".o_form_statusbar button:contains(Accept and print)",
            ["Alt", "g"]
        ),
        {
            content: "The dossier is accepted and has its code, its receipt once printed",
            trigger: ".o_arrow_button_current[data-value=accepted]",
            timeout: 60000,
        },
        {
            content: "Its due date is told",
            trigger: ".alert-success .o_field_widget[name=due_at]:contains(/)",
        },
        keys(
            "Alt+R starts the next one",
            ".o_form_statusbar button:contains(Receive the next one)",
            ["Alt", "r"]
        ),
        {
            content: "An empty receipt, ready to be typed into",
            trigger: focused("procedure_id") + ":value()",
        },
    ],
});
