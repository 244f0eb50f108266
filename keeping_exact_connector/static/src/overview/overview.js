import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";

import { ExactSteps } from "../steps/steps";

/** "Current invoice links": the administrations, with the steps of a new organisation above. */
export class ExactOverviewKanbanController extends KanbanController {
    static template = "keeping_exact_connector.OverviewKanban";
    static components = { ...KanbanController.components, ExactSteps };
}

export class ExactOverviewListController extends ListController {
    static template = "keeping_exact_connector.OverviewList";
    static components = { ...ListController.components, ExactSteps };
}

registry.category("views").add("keeping_exact_overview_kanban", {
    ...kanbanView,
    Controller: ExactOverviewKanbanController,
});
registry.category("views").add("keeping_exact_overview_list", {
    ...listView,
    Controller: ExactOverviewListController,
});
