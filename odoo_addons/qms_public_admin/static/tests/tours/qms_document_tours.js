import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// A document from the draft to its readers, one tour a person.

function openFromDocuments(child, title) {
    return [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the Quality app",
            trigger: '.o_app[data-menu-xmlid="qms_public_admin.menu_qms_root"]',
            run: "click",
        },
        {
            content: "Open the documents",
            trigger: '[data-menu-xmlid="qms_public_admin.menu_qms_documents"]',
            run: "click",
        },
        {
            content: `Open ${child}`,
            trigger: `[data-menu-xmlid="qms_public_admin.${child}"]`,
            run: "click",
        },
        {
            content: "It is open",
            trigger: `.o_breadcrumb:contains(${title})`,
        },
    ];
}

registry.category("web_tour.tours").add("qms_officer_drafts_document", {
    steps: () => [
        ...openFromDocuments("menu_qms_document_master", "Master list"),
        {
            content: "A new document",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Its title",
            trigger: ".o_field_widget[name=name] input, .o_field_widget[name=name] textarea",
            run: "edit Quy trình tiếp khách",
        },
        {
            content: "Its kind",
            trigger: ".o_field_widget[name=qms_kind_id] input",
            run: "edit Operating",
        },
        {
            content: "Take the kind found",
            trigger: ".o-autocomplete--dropdown-item:contains(Operating procedure)",
            run: "click",
        },
        {
            content: "Save: the document has its code and a draft",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Open the draft",
            trigger: ".o_form_statusbar button[name=action_open_effective]",
            run: "click",
        },
        {
            content: "It begins with the seven sections of the template",
            trigger: ".o_field_widget[name=content] h2:nth-of-type(7)",
        },
        {
            content: "Submit for review",
            trigger: ".o_form_statusbar button[name=action_submit]",
            run: "click",
        },
        {
            content: "It is in review",
            trigger: ".o_arrow_button_current[data-value=review]",
        },
        {
            content: "Its author does not confirm the review",
            trigger: ".o_form_statusbar:not(:has(.btn-primary:contains(Confirm the review)))",
        },
    ],
});

registry.category("web_tour.tours").add("qms_head_reviews_document", {
    steps: () => [
        ...openFromDocuments("menu_qms_document_revision", "Revisions"),
        {
            content: "Open the revision in review",
            trigger: ".o_data_row:contains(Quy trình tiếp khách) .o_data_cell[name=page_id]",
            run: "click",
        },
        {
            content: "Confirm the review",
            trigger: ".o_form_statusbar .btn-primary:contains(Confirm the review)",
            run: "click",
        },
        {
            content: "With a remark",
            trigger: ".modal .o_field_widget[name=words] textarea",
            run: "edit Đã soát, đồng ý trình",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It waits for approval",
            trigger: ".o_arrow_button_current[data-value=approval]",
        },
        {
            content: "The persons are named",
            trigger: ".o_field_widget[name=review_ids] .o_data_row:contains(qms_leader)",
        },
    ],
});

registry.category("web_tour.tours").add("qms_leader_approves_document", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the Quality app",
            trigger: '.o_app[data-menu-xmlid="qms_public_admin.menu_qms_root"]',
            run: "click",
        },
        {
            content: "What waits for me",
            trigger: '[data-menu-xmlid="qms_public_admin.menu_qms_to_approve"]',
            run: "click",
        },
        {
            content: "Open the request",
            trigger: ".o_data_row:contains(QTTN) .o_data_cell[name=qms_subject]",
            run: "click",
        },
        {
            content: "Read the document",
            trigger: ".o_field_widget[name=qms_preview]:contains(Quy trình tiếp khách)",
        },
        {
            content: "Approve",
            trigger: ".o_form_statusbar button[name=action_approve]",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "Open the document",
            trigger: "body:not(:has(.modal)) .o_form_statusbar button[name=action_open_subject]",
            run: "click",
        },
        {
            content: "It is approved",
            trigger: ".o_arrow_button_current[data-value=approved]",
        },
        {
            content: "Bring it into force",
            trigger: ".o_form_statusbar button[name=action_make_effective]",
            run: "click",
        },
        {
            content: "Confirm when asked",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is in force",
            trigger: ".o_arrow_button_current[data-value=effective]",
        },
        {
            content: "Look at the sign-off",
            trigger: ".nav-link[name=sign_off]",
            run: "click",
        },
        {
            content: "The table is whole",
            trigger: ".o_field_widget[name=sign_off_ids] .o_data_row:nth-of-type(4)",
        },
    ],
});

registry.category("web_tour.tours").add("qms_officer_asks_to_read", {
    steps: () => [
        {
            content: "Ask to read",
            trigger: ".o_form_statusbar button[name=action_new_campaign]",
            run: "click",
        },
        {
            content: "Everybody",
            trigger: ".o_field_widget[name=is_for_all] input",
            run: "click",
        },
        {
            content: "Save the campaign",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Send it out",
            trigger: ".o_form_statusbar button[name=action_open]",
            run: "click",
        },
        {
            content: "The readers are asked",
            trigger: ".oe_stat_button[name=action_view_acknowledgements]",
        },
    ],
});

registry.category("web_tour.tours").add("qms_staff_acknowledges_document", {
    steps: () => [
        {
            content: "The text is there",
            trigger: ".o_qms_document h1:contains(Quy trình tiếp khách)",
        },
        {
            content: "Who approved it, too",
            trigger: ".o_qms_document li:contains(qms_leader)",
        },
        {
            content: "I have read it",
            trigger: ".o_qms_document_confirm button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Nothing is asked any more",
            trigger: ".o_qms_document:not(:has(.o_qms_document_confirm))",
        },
    ],
});

registry.category("web_tour.tours").add("qms_leader_approves_on_a_phone", {
    steps: () => [
        {
            content: "Open the card",
            trigger: ".o_kanban_record:contains(QTTN)",
            run: "click",
        },
        {
            content: "Read the document",
            trigger: ".o_field_widget[name=qms_preview]:contains(Thu phí tham quan)",
        },
        {
            content: "Approve",
            trigger: ".o_form_view button[name=action_approve]:visible",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: ".o_form_view .alert-success:contains(Nothing of this waits)",
        },
    ],
});
