import { registry } from "@web/core/registry";

// The citizen with a receipt, on a phone: wrong key, right key, a question to the agency.

function fits() {
    const page = document.querySelector("#wrapwrap");
    if (page.scrollWidth > page.clientWidth) {
        console.error(`The page is wider than the screen: ${page.scrollWidth}`);
    }
}

registry.category("web_tour.tours").add("qms_citizen_looks_up", {
    steps: () => [
        {
            content: "The form fits, the code of the receipt is filled in",
            trigger: ".o_qms_lookup_form input[name=code]:value(H99)",
            run: fits,
        },
        {
            content: "A wrong key",
            trigger: "input[name=key]",
            run: "edit AAAA-2345",
        },
        {
            content: "Look up",
            trigger: ".o_qms_lookup_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "A kind message, the code is still there",
            trigger: ".o_qms_page:has([role=alert]) input[name=code]:value(H99)",
        },
        {
            content: "The key of the receipt",
            trigger: "input[name=key]",
            run: "edit acde-2345",
        },
        {
            content: "Look up again",
            trigger: ".o_qms_lookup_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The dossier, within the screen",
            trigger: ".o_qms_applicant .o_qms_way_current",
            run: fits,
        },
        {
            content: "Why this date",
            trigger: ".o_qms_applicant details summary",
            run: "click",
        },
        {
            content: "The clock in words",
            trigger: ".o_qms_applicant details[open] li",
        },
        {
            content: "Ask the agency",
            trigger: "textarea[name=body]",
            run: "edit Khi nào tôi nhận được kết quả?",
        },
        {
            content: "Send",
            trigger: "#messages button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The message is on the page",
            trigger: ".o_qms_messages .o_qms_own:contains(Khi nào tôi nhận được)",
        },
        {
            content: "Close the dossier",
            trigger: "form[action$='/leave'] button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Back at the form",
            trigger: ".o_qms_lookup_form input[name=key]",
        },
    ],
});

// The clerk at the front desk: a request becomes a dossier, which is accepted.

registry.category("web_tour.tours").add("qms_clerk_opens_dossier", {
    steps: () => [
        {
            content: "The request waits in the list",
            trigger: ".o_data_row td[name=name]:contains(Xin cấp lại giấy phép)",
            run: "click",
        },
        {
            content: "Choose the procedure",
            trigger: ".o_field_widget[name=qms_procedure_id] input",
            run: "edit 9.000001",
        },
        {
            content: "Take the procedure found",
            trigger: ".o-autocomplete--dropdown-item:contains(9.000001)",
            run: "click",
        },
        {
            content: "Open the dossier",
            trigger: ".o_form_statusbar button[name=action_qms_open_dossier]",
            run: "click",
        },
        {
            content: "The dossier has its sender",
            trigger: ".o_field_widget[name=holder_name] input:value(Nguyễn Thị Thử)",
        },
        {
            content: "Accept",
            trigger: ".o_form_statusbar button[name=action_accept]",
            run: "click",
        },
        {
            content: "It is accepted",
            trigger: ".o_arrow_button_current[data-value=accepted]",
            timeout: 60000,
        },
        {
            content: "The ticket is one click away",
            trigger: ".oe_stat_button[name=action_view_tickets]",
        },
    ],
});
