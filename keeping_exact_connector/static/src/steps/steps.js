import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * The four steps of a new organisation, until the first invoice is made or somebody dismisses
 * them: connect, link, check, first invoice. What was done is asked from the server each time.
 */
export class ExactSteps extends Component {
    static template = "keeping_exact_connector.Steps";
    static props = {
        companyId: { type: Number, optional: true },
        // Steps that are taken on this very page: they need no button.
        here: { type: Array, element: String, optional: true },
        // Changes when the page has loaded its records again.
        version: { optional: true },
    };
    static defaultProps = { here: [] };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ steps: [], mayHide: false });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => this.load(props));
    }

    get companyId() {
        return this.props.companyId || user.activeCompany.id;
    }

    get closeTitle() {
        return _t("Do not show these steps any more");
    }

    async load(props) {
        const companyId = props.companyId || user.activeCompany.id;
        const panel = await this.orm.silent.call("res.company", "get_keeping_exact_steps", [
            companyId,
        ]);
        this.state.steps = panel.steps;
        this.state.mayHide = panel.may_hide;
    }

    async take(step) {
        const action = await this.orm.call("res.company", "action_keeping_exact_step", [
            this.companyId,
            step.name,
        ]);
        this.action.doAction(action, { onClose: () => this.load(this.props) });
    }

    async hide() {
        await this.orm.call("res.company", "action_keeping_exact_hide_steps", [this.companyId]);
        this.state.steps = [];
    }
}

/** The same in a form view: ``<widget name="keeping_exact_steps" options="{'here': […]}"/>``. */
export class ExactStepsWidget extends Component {
    static template = "keeping_exact_connector.StepsWidget";
    static components = { ExactSteps };
    static props = { ...standardWidgetProps, here: { type: Array, optional: true } };

    get companyId() {
        return this.props.record.data.company_id?.id;
    }
}

registry.category("view_widgets").add("keeping_exact_steps", {
    component: ExactStepsWidget,
    extractProps: ({ options }) => ({ here: options.here || [] }),
    fieldDependencies: [{ name: "company_id", type: "many2one" }],
});
