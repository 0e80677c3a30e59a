"""Every module that declares tables, so that metadata is whole wherever a schema is made or compared."""

from sales_portal.accounts import models as accounts
from sales_portal.approvals import models as approvals
from sales_portal.catalog import models as catalog
from sales_portal.checkout import models as checkout
from sales_portal.core.db import Base
from sales_portal.customers import models as customers
from sales_portal.history import models as history
from sales_portal.inventory import models as inventory
from sales_portal.links import models as links
from sales_portal.links import notice_models
from sales_portal.markets import models as markets
from sales_portal.messaging import models as messaging
from sales_portal.messaging import webhook_models
from sales_portal.orders import models as orders
from sales_portal.orders import undo_models, watch_models
from sales_portal.outbox import models as outbox
from sales_portal.payments import models as payments
from sales_portal.pricing import models as pricing
from sales_portal.selections import models as selections
from sales_portal.sites import models as sites

MODULES = (accounts, approvals, catalog, checkout, customers, history, inventory, links, markets, messaging, orders,
           notice_models, outbox, payments, pricing, selections, sites, undo_models, watch_models, webhook_models)
metadata = Base.metadata
