{
    "name": "Quality Management for Public Administrations",
    "summary": "ISO 9001 at work: procedures, dossiers with a lawful clock, "
    "an event log nobody can rewrite",
    "version": "19.0.1.1.0",
    "category": "Services/Quality Management",
    "license": "AGPL-3",
    "author": "QMS Public Administration Contributors",
    "website": "https://github.com/qms-public-admin/qms-public-admin",
    "depends": [
        "base_setup",
        "mail",
        "hr",
        "resource",
        "portal",
        "survey",
        "document_page",
        "helpdesk_mgmt",
    ],
    "external_dependencies": {
        "python": ["charset-normalizer", "holidays", "openpyxl", "openupgradelib", "xlsxwriter"],
    },
    "data": [
        # Privilege, groups
        "security/qms_groups.xml",
        # Core
        "security/core/ir.model.access.csv",
        "security/core/core_rules.xml",
        "security/core/ir.model.access-calendar.csv",
        "security/core/calendar_rules.xml",
        "data/core/qms_agency_level_data.xml",
        "data/core/ir_cron_data.xml",
        # Procedures
        "security/procedure/ir.model.access.csv",
        "security/procedure/procedure_rules.xml",
        "data/procedure/qms_applicant_kind_data.xml",
        "data/procedure/ir_cron_data.xml",
        # Dossiers
        "security/dossier/ir.model.access.csv",
        "security/dossier/dossier_rules.xml",
        "data/dossier/ir_sequence_data.xml",
        "security/dossier/ir.model.access-import.csv",
        "security/dossier/import_rules.xml",
        "data/dossier/ir_cron_import_data.xml",
        "security/dossier/ir.model.access-notice.csv",
        "security/dossier/notice_rules.xml",
        "data/dossier/reminder_data.xml",
        "data/dossier/qms_digest_mail.xml",
        "data/dossier/ir_cron_reminder_data.xml",
        # Front desk
        "security/frontdesk/ir.model.access.csv",
        "security/frontdesk/frontdesk_rules.xml",
        "security/frontdesk/ir.model.access-desk.csv",
        "security/frontdesk/desk_rules.xml",
        "data/frontdesk/mail_activity_type_data.xml",
        # Menus
        "views/qms_menus.xml",
        # Core screens
        "views/core/qms_agency_level_views.xml",
        "views/core/qms_agency_views.xml",
        "views/core/qms_position_views.xml",
        "views/core/qms_delegation_views.xml",
        "views/core/qms_event_anchor_views.xml",
        "views/core/res_config_settings_views.xml",
        "views/core/core_menus.xml",
        "wizards/core/qms_holiday_wizard_views.xml",
        "wizards/core/qms_calendar_reprojection_views.xml",
        "views/core/qms_calendar_exception_views.xml",
        "views/core/res_config_settings_calendar_views.xml",
        "views/core/calendar_menus.xml",
        # Procedure screens
        "views/procedure/qms_procedure_version_views.xml",
        "views/procedure/qms_procedure_views.xml",
        "views/procedure/qms_procedure_field_views.xml",
        "views/procedure/qms_procedure_publication_views.xml",
        "views/procedure/qms_catalogue_import_views.xml",
        "wizards/procedure/qms_procedure_compare_views.xml",
        "wizards/procedure/qms_procedure_coverage_views.xml",
        "views/procedure/procedure_menus.xml",
        # Dossier screens
        "views/dossier/qms_dossier_receive_views.xml",
        "views/dossier/qms_dossier_views.xml",
        "views/dossier/qms_dossier_step_views.xml",
        "views/dossier/qms_dossier_event_views.xml",
        "views/dossier/qms_dossier_dialog_views.xml",
        "views/dossier/qms_dossier_import_views.xml",
        "views/dossier/qms_dossier_import_mapping_views.xml",
        "views/dossier/qms_reminder_views.xml",
        "views/dossier/qms_dossier_forecast_views.xml",
        "wizards/dossier/qms_clock_what_if_views.xml",
        "views/dossier/dossier_menus.xml",
        "views/dossier/import_menus.xml",
        # Front desk screens
        "views/frontdesk/qms_dossier_message_views.xml",
        "views/frontdesk/qms_public_attempt_views.xml",
        "views/frontdesk/res_config_settings_lookup_views.xml",
        "wizards/frontdesk/qms_dossier_answer_views.xml",
        "views/frontdesk/frontdesk_menus.xml",
        # Pages for citizens
        "templates/frontdesk/applicant_templates.xml",
        "templates/frontdesk/lookup_templates.xml",
        "templates/frontdesk/portal_templates.xml",
    ],
    "demo": [
        # Agencies, people, days off
        "demo/core/organisation.xml",
        "demo/core/users.xml",
        "demo/core/positions.xml",
        "demo/core/qms.calendar.exception.csv",
        # Procedures
        "demo/procedure/qms.procedure.field.csv",
        "demo/procedure/qms.procedure.csv",
        "demo/procedure/qms.procedure.version.csv",
        "demo/procedure/qms.procedure.component.csv",
        "demo/procedure/qms.procedure.step.csv",
        "demo/procedure/publish.xml",
        # Dossiers
        "demo/dossier/dossiers.xml",
        # Language
        "demo/core/language.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "qms_public_admin/static/src/**/*",
        ],
        "web.assets_frontend": [
            "qms_public_admin/static/src_public/**/*",
        ],
        "web.assets_unit_tests": [
            "qms_public_admin/static/tests/**/*.test.js",
        ],
        "web.assets_tests": [
            "qms_public_admin/static/tests/tours/**/*",
        ],
    },
    "application": True,
    "installable": True,
}
