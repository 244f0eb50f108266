import { useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { ExactBanner } from "./exact_banner";

/**
 * Puts the banner above a view, and has it look again whenever the view has been reloaded.
 *
 * @param {typeof import("@odoo/owl").Component} Controller of a form, list or kanban
 * @param {string} template of that controller, with the banner in it
 */
const withBanner = (Controller, template) =>
    class extends Controller {
        static template = template;
        static components = { ...Controller.components, ExactBanner };

        setup() {
            this.banner = useState({ version: 0 });
            super.setup();
        }

        get modelParams() {
            const params = super.modelParams;
            const { onRootLoaded } = params.hooks;
            const hooks = {
                ...params.hooks,
                onRootLoaded: (root) => {
                    this.banner.version++;
                    return onRootLoaded?.(root);
                },
            };
            return { ...params, hooks };
        }
    };

export class BannerFormController extends withBanner(
    FormController,
    "keeping_exact_connector.BannerFormView"
) {}

export class BannerListController extends withBanner(
    ListController,
    "keeping_exact_connector.BannerListView"
) {}

export class BannerKanbanController extends withBanner(
    KanbanController,
    "keeping_exact_connector.BannerKanbanView"
) {}

const views = registry.category("views");
views.add("keeping_exact_form", { ...formView, Controller: BannerFormController });
views.add("keeping_exact_list", { ...listView, Controller: BannerListController });
views.add("keeping_exact_kanban", { ...kanbanView, Controller: BannerKanbanController });
