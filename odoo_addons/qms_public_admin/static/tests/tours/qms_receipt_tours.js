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

const hide = (state) => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
};

registry.category("web_tour.tours").add("qms_receipt_is_left_unfinished", {
    steps: () => [
        {
            content: "The procedure",
            trigger: ".o_field_widget[name=procedure_id] input",
            run: "edit khai sinh",
        },
        {
            content: "is found",
            trigger: ".o-autocomplete--dropdown-item:contains(Đăng ký khai sinh)",
            run: "click",
        },
        {
            content: "The applicant",
            trigger: ".o_field_widget[name=holder_name] input",
            run: "edit Nguyễn Văn Dở Dang",
        },
        keys("Tab keeps the name", ".o_field_widget[name=holder_name] input:focus", "Tab"),
        {
            content: "Another tab of the browser is looked at meanwhile",
            trigger: ".o_qms_paper_ticks tr:contains(Application)",
            run() {
                hide("hidden");
                hide("visible");
            },
        },
        {
            content: "Nothing was saved by that; away to another screen",
            trigger: ".o_form_view:not(:has(.o_form_saved)) .o_field_widget[name=holder_name] input",
            run: () => document.querySelector(".o_main_navbar .o_menu_brand").click(),
        },
        {
            content: "Not without being asked; stay",
            trigger: ".modal:contains(What was entered is not kept) footer button:contains(Stay here)",
            run: "click",
        },
        {
            content: "What was typed is still there; away again",
            trigger: ".o_field_widget[name=holder_name] input:value(Nguyễn Văn Dở Dang)",
            run: () => document.querySelector(".o_main_navbar .o_menu_brand").click(),
        },
        {
            content: "and leave",
            trigger: ".modal footer button:contains(Leave)",
            run: "click",
        },
        { content: "Another screen", trigger: ".o_action_manager:not(:has(.o_qms_receive))" },
    ],
});
