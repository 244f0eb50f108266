import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";

import { BannerKanbanController, BannerListController } from "../exact_banner/banner_views";
import { withFollowing } from "../following/following";
import { ExactSteps } from "../steps/steps";

/** "Current invoice links": the administrations, with the steps of a new organisation above. */
export class ExactOverviewKanbanController extends withFollowing(BannerKanbanController) {
    static template = "keeping_exact_connector.OverviewKanban";
    static components = { ...BannerKanbanController.components, ExactSteps };

    isWaiting() {
        return this.model.root.records.some((record) => record.data.under_way_count);
    }

    mayReload() {
        return true;
    }
}

export class ExactOverviewListController extends BannerListController {
    static template = "keeping_exact_connector.OverviewList";
    static components = { ...BannerListController.components, ExactSteps };
}

registry.category("views").add("keeping_exact_overview_kanban", {
    ...kanbanView,
    Controller: ExactOverviewKanbanController,
});
registry.category("views").add("keeping_exact_overview_list", {
    ...listView,
    Controller: ExactOverviewListController,
});
