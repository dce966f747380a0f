# The words of the page, in English. Keys are declared in src/page/i18n/keys.rs.

## Every page

brand = SmartLinks
page-title = { $title } · SmartLinks
skip-link = Skip to the content
tabs-label = Sections
tab-overview = Overview
tab-authentication = Authentication
tab-products = Products
tab-orders = Orders
language-label = Language
language-en = English
language-fr = Français
sandbox-word = Sandbox: made-up data
sandbox-text = Accounts, products and orders here are invented. Nothing reaches AliExpress and nothing can be bought.
sign-out = Sign out
footer-text = SmartLinks keeps AliExpress accounts connected. It is not made or endorsed by AliExpress.
footer-docs = HTTP API
live-updated = Updated
live-loading = Loading…
copy-label = Copy
copy-done = Copied
request-id = Request id
pages-label = Pages
stale-word = Not fresh
stale-answer = This is the last known answer, from

## Times

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
time-absolute = { $date }, { $time } UTC
time-just-now = just now
time-within-minute = within a minute
time-in-minutes = { $count ->
    [one] in { $count } minute
   *[other] in { $count } minutes
}
time-in-hours = { $count ->
    [one] in { $count } hour
   *[other] in { $count } hours
}
time-in-days = { $count ->
    [one] in { $count } day
   *[other] in { $count } days
}
time-minutes-ago = { $count ->
    [one] { $count } minute ago
   *[other] { $count } minutes ago
}
time-hours-ago = { $count ->
    [one] { $count } hour ago
   *[other] { $count } hours ago
}
time-days-ago = { $count ->
    [one] { $count } day ago
   *[other] { $count } days ago
}
time-ahead = { $count ->
    [one] { $count } second ahead
   *[other] { $count } seconds ahead
}
time-behind = { $count ->
    [one] { $count } second behind
   *[other] { $count } seconds behind
}
time-in-step = in step

## The two clocks of a connection

clock-works-until = Works until
clock-worked-until = Worked until
clock-stops = Stops working
clock-sign-in-again-by = Sign in again by
clock-unknown = AliExpress did not say
clock-renewed = Renewed by itself { $when }

## State of a connection, and why

state-active = Works
state-expiring = Sign in again soon
state-degraded = Refresh failing
state-reauthorization-required = Sign in again
state-disconnected = Disconnected
reason-refresh-token-refused = AliExpress no longer accepts this sign-in. It may have been withdrawn in the AliExpress account.
reason-refresh-interrupted = A renewal was cut off before its answer could be stored, and AliExpress no longer accepts the former sign-in.
reason-sign-in-deadline-passed = The date by which somebody had to sign in again has passed.
reason-access-token-refused = AliExpress no longer accepts the access token.
reason-not-refreshable = AliExpress gave a token that cannot be renewed. Applications in test mode get such tokens.

## State of a step in a guide

step-done = Done
step-current = Your turn
step-todo = Later
step-look = Look at this
step-error = Needs mending

## What a button does

action-authentication = Open Authentication
action-connect = Connect an account
action-reconnect = Sign in again
action-refresh = Refresh now
action-default = Use by default
action-rename = Rename
action-disconnect = Disconnect…
action-retry = Try again
action-look = See what to do
action-add-order = Add an order
on-aliexpress = Open on AliExpress

## Said once after something was done

notice-refreshed = “{ $name }” has fresh tokens.
notice-default = “{ $name }” is now the default connection.
notice-renamed = The connection is now called “{ $name }”.
notice-disconnected = “{ $name }” is disconnected. Its tokens are deleted.
notice-order-added = Order { $name } was added.
notice-order-known = Order { $name } was already here. It has been asked about again.
notice-order-refreshed = Order { $name } is up to date.
notice-signed-out = You are signed out.
notice-password-changed = The password is changed. Everywhere else you are signed out.
notice-session-ended = That browser is signed out.
notice-sessions-ended = You are signed out everywhere else.

## Settings that are missing

missing-title = SmartLinks cannot reach AliExpress yet: settings are missing.
missing-unset = is not set
missing-malformed = cannot be used:
missing-fix = Set the variables named above, then start SmartLinks again. The app key and the secret stand in the AliExpress Open Platform console, under the application.
missing-file = Every secret may also be given as a file, with _FILE after the variable’s name.

## Overview

answer-works-until = Everything works. Next sign-in by { $date }.
answer-works = Everything works.
answer-gateway = The accounts are in order, but AliExpress does not answer well at the moment.
answer-needs-you = { $count ->
    [one] Everything still works. One thing needs you.
   *[other] Everything still works. { $count } things need you.
}
answer-stopped = { $count ->
    [one] One account has stopped working. Sign in again to bring it back.
   *[other] { $count } accounts have stopped working. Sign in again to bring them back.
}
answer-nothing-connected = Ready. Connect your first AliExpress account.
answer-not-configured = Not set up yet: the AliExpress keys are missing.
answer-keys-refused = AliExpress refuses the application’s keys.
checklist-title = First steps
checklist-callback = Callback address registered with AliExpress
checklist-account = First account connected
checklist-go = Connect an account
attention-title = Needs attention
attention-sign-in = “{ $name }” has to sign in again
attention-expiring = “{ $name }” has to sign in again soon
attention-degraded = “{ $name }” could not be refreshed; it is tried again by itself
attention-failure = AliExpress gave an answer that is not known here.
connections-title = Connected accounts
connections-manage = Manage accounts
events-title = What has happened
events-empty = Nothing has happened yet
events-empty-text = Refreshes, sign-ins and order changes will be listed here.
event-connected = Account connected
event-reconnected = Account connected again
event-refreshed = Tokens refreshed
event-degraded = Refresh failed
event-reauthorization-required = Account has to sign in again
event-disconnected = Account disconnected
event-order-imported = Order added
event-order-updated = Order changed
event-product-imported = Product imported
event-product-changed = Product changed
event-product-drifted = AliExpress changed a product
event-product-removed = Product removed
event-prices-applied = Prices applied
event-import-finished = Import of products finished
event-order-placed = Order placed
event-order-refused = Order not placed
event-order-outcome-unknown = Finding out whether an order exists
event-order-awaiting-person = Somebody has to check whether an order exists
event-token-file-failed = The token file could not be written
gateway-title = AliExpress gateway
gateway-well = Answers
gateway-no-call = Not called yet
gateway-last-answer = Last answer
gateway-calls = Calls
gateway-since = since { $when }
gateway-failed = { $count ->
    [one] { $count } failed
   *[other] { $count } failed
}
gateway-clock = Our clock

## Authentication

auth-answer-keys = The application’s keys need mending before anyone can sign in.
auth-answer-none = No account is connected. Start with step 2.
auth-answer-waiting = Waiting for the sign-in at AliExpress.
auth-answer-connected = { $count ->
    [one] One account is connected.
   *[other] { $count } accounts are connected.
}
auth-answer-stopped = { $count ->
    [one] One account has to sign in again.
   *[other] { $count } accounts have to sign in again.
}
auth-connected = “{ $name }” is connected.
auth-reconnected = “{ $name }” is connected again. Its id has not changed.
auth-next = SmartLinks now keeps it connected.
auth-next-products = Look for products
guide-title = Step by step
step-keys = Keys found and checked
step-authorize = Authorize
step-code = Code received
step-connected = Connected
keys-found = The keys are in place. AliExpress has not answered with them yet.
keys-checked = The keys are in place and AliExpress accepts them.
keys-app-key = App key
keys-callback = Callback address
keys-callback-insecure = It does not start with https. AliExpress registers only https addresses, and over plain http the code can be read on the way.
keys-callback-text = It must stand in the AliExpress console exactly as here.
keys-gateway = Gateway
authorize-text = AliExpress opens, asks you to sign in and to allow this application. Then you come back here.
authorize-another = Use this to connect a further account. For an account that is already listed, use its own button.
authorize-button = Authorize SmartLinks with AliExpress
code-text = Filled in by itself when you come back from AliExpress.
code-waiting = A sign-in is under way. It has to come back { $when }.
code-paste = You have a code or an address to paste?
code-label = Code, or the whole address you ended up on
code-button = Use this code
code-help = A code works once and only for a short time.
connected-text = The account appears below, with the dates that matter.
connected-count = { $count ->
    [one] One account.
   *[other] { $count } accounts.
}
connected-see = See the list
connections-empty = No account yet
connections-empty-text = Authorize SmartLinks above; the account then appears here.
connection-default = Default
connection-generation = Token pairs so far
connection-last-success = Last success
connection-last-failure = Last failure
connection-no-failure = None
connection-id = Connection id
label-label = Name shown here
label-save = Save the name

## Ways a sign-in can end badly, each with what mends it

auth-access-denied = The sign-in was cancelled at AliExpress.
auth-access-denied-fix = Nothing was changed. Authorize again and allow the application.
auth-missing-code = AliExpress sent you back without a code.
auth-missing-code-fix = Authorize again. If it happens twice, check the callback address in the AliExpress console.
auth-missing-state = The answer does not say which sign-in it belongs to.
auth-missing-state-fix = For your safety it was not used. Start from the button on this page.
auth-unknown-state = The answer belongs to no sign-in that was started here.
auth-unknown-state-fix = For your safety it was not used. Start from the button on this page.
auth-expired-state = The sign-in took longer than ten minutes.
auth-expired-state-fix = Authorize again; the second time is usually faster.
auth-state-reused = This answer was used before.
auth-state-reused-fix = An answer works once. If the account is not listed below, authorize again.
auth-wrong-browser = The answer arrived in another browser than the one that started.
auth-wrong-browser-fix = For your safety it was not used. Start and finish in the same browser.
auth-exchange-failed = AliExpress did not give tokens for the code.
auth-exchange-failed-fix = Authorize again to get a new code. If the code below is about the signature or the app key, check the keys in step 1 first.
auth-account-mismatch = Another AliExpress account signed in than the one to be reconnected.
auth-account-mismatch-fix = Nothing was changed. Sign out at AliExpress, then sign in with the right account; or connect this one as a new account.
auth-storage-failed = AliExpress gave tokens, but they could not be stored.
auth-storage-failed-fix = Check that the disk is not full and the data folder can be written, then authorize again.
auth-not-configured = The application’s keys are missing.
auth-not-configured-fix = Set the variables named in step 1, then start SmartLinks again.
auth-other = AliExpress refused the sign-in.
auth-other-fix = Authorize again. If it happens twice, search for the code below in the AliExpress documentation.

## Ending a connection

disconnect-title = Disconnect “{ $name }”?
disconnect-stops = This stops at once:
disconnect-tokens = Its tokens are deleted here and cannot be brought back.
disconnect-software = Software that asks for its token gets none.
disconnect-orders = { $count ->
    [one] One order that is not finished is no longer followed.
   *[other] { $count } orders that are not finished are no longer followed.
}
disconnect-default = It is the default connection: calls that name no connection stop working until another one is made the default.
disconnect-token-file = The token file that other programs read is no longer renewed.
disconnect-back = The account can be connected again at any time, under the same id.
disconnect-confirm = Disconnect
disconnect-keep = Keep it connected

## Who can mend it, what happened, and the way on

problem-actor = Who can mend this: { $actor }.
problem-code = Code
problem-upstream = AliExpress says:
actor-operator = whoever runs SmartLinks
actor-merchant = you
actor-aliexpress = AliExpress
problem-not-configured = The AliExpress keys are missing.
fix-not-configured = The Authentication tab names the variables to set.
problem-not-connected = No account is connected that could be used for this.
problem-no-default = It was not said for which account
fix-no-default = None of the accounts is the default one. Choose one in the form, or make one the default under Authentication.
fix-not-connected = Connect an account, then come back.
problem-reauthorize = AliExpress wants the account to sign in again.
fix-reauthorize = Sign in again on the Authentication tab.
problem-unreachable = AliExpress cannot be reached from here.
fix-unreachable = Check this machine’s network and the gateway address, then try again.
problem-timeout = AliExpress did not answer in time.
problem-gateway-down = AliExpress answers that it is out of order.
fix-try-later = This usually passes by itself. Try again in a moment.
problem-bad-answer = The answer from AliExpress could not be understood.
fix-bad-answer = Try again. If it stays so, the gateway address may be wrong, or something stands in between.
problem-rate-limited = AliExpress takes no more calls for the moment.
fix-wait = Wait a little, then try again.
fix-wait-seconds = { $count ->
    [one] Wait { $count } second, then try again.
   *[other] Wait { $count } seconds, then try again.
}
problem-signature = AliExpress refuses the signature.
fix-signature = Nearly always the app secret is wrong. Copy ALIEXPRESS_APP_SECRET again from the AliExpress console, without spaces.
problem-app-key = AliExpress does not know the app key.
fix-app-key = Compare ALIEXPRESS_APP_KEY with the AliExpress console.
problem-clock = AliExpress finds that this machine’s clock is wrong.
fix-clock = Set the clock of this machine by a time server, then try again.
problem-permission = The application may not make this call.
fix-permission = Apply for the permission group in the AliExpress console; then let the account sign in again.
problem-address-not-allowed = AliExpress does not take calls from this machine’s address.
fix-address-not-allowed = Add the address to the application’s IP list in the AliExpress console.
problem-other-account = This belongs to another account.
fix-other-account = Check the number, and that the account that placed it is the one connected. A new order can take ten seconds to appear.
problem-not-found = AliExpress has nothing under this number.
fix-not-found = Check the number.
problem-input = What was entered cannot be used.
fix-input = Check it and send it again.
problem-storage = The database failed.
fix-storage = Check that the disk is not full and the data folder can be written. The log says more.
problem-busy = Another process is doing this at this moment.
fix-busy = Try again in a few seconds.
problem-too-many-attempts = Too many attempts in a short time.
problem-unknown = That did not work.
fix-unknown = Try again. If it happens twice, pass on the code and the request id.

## Products

products-title-for = { $q } · Products
products-answer-start = What are you looking for?
products-answer-found = { $count ->
    [one] { $count } product for { $country }.
   *[other] { $count } products for { $country }.
}
products-answer-none = Nothing found for “{ $q }”, destination { $country }.
products-answer-stale = AliExpress does not answer. Here is what it said last.
products-answer-trouble = The search did not work.
products-answer-not-connected = Connect an account to search for products.
search-label = Words, an AliExpress link or a product number
search-placeholder = lamp, or https://www.aliexpress.com/item/…
search-button = Search
ship-to = Deliver to
currency = Currency
sort = Sort by
sort-orders = Most sold
sort-price-up = Cheapest first
sort-price-down = Dearest first
results-label = Results
products-answer-short-link = This is a short link.
products-answer-other-page = This page is not of one product.
products-short-link-title = Only AliExpress knows where this link leads
products-short-link-text = Open it in your browser, then paste the product’s address that it ends on here.
products-other-page-title = No product in this address
products-other-page-text = Open a product on AliExpress and paste its address, or search with words.
category = Category
category-any = All
free-shipping-only = Free delivery only
feeds-title = Selections by AliExpress
products-start-title = Search with words, or paste a link
products-start-text = A link or a product number opens the product itself. The destination and the currency change prices and availability, so they always stand above.
products-none-title = No product matches
products-none-text = Try fewer or other words, or another destination: not everything is sold everywhere.
not-connected-title = No working account is connected
not-connected-text = AliExpress answers only for an account that has authorized SmartLinks.
no-picture = No picture
price-unknown = Price unknown
price-before = Before:
product-rating = ★ { $rating }
product-orders = { $orders } sold
product-reviews = { $count ->
    [one] { $count } review
   *[other] { $count } reviews
}
page-previous = Previous
page-next = Next
page-of = Page { $page } of { $pages }

## One product

back-to-products = All products
product-title = Product { $id }
product-number = Product number
product-variants = Variants
product-variant-count = { $count ->
    [one] { $count } variant
   *[other] { $count } variants
}
product-asked = Answer from AliExpress
picture-of = Picture { $number }: { $title }
product-not-found = There is no such product
product-not-found-text = Its number is wrong, or the seller has taken it down.
product-not-sold = Not sold to this destination: { $country }
product-not-sold-text = The product exists. Choose another destination below.
product-not-for-app = This application may not see the product
product-not-for-app-text = AliExpress opens a product only to applications with the right permission. Whoever runs SmartLinks can apply for it in the AliExpress console.
skus-title = Variants
skus-empty = AliExpress lists no variant
skus-empty-text = The product cannot be ordered as it is.
sku-variant = Variant
sku-only = Only variant
sku-price = Price
sku-stock = In stock
sku-number = SKU number
stock-none = Sold out
stock-unknown = Unknown
quantity = Quantity
freight-title = Delivery
freight-show = Delivery
freight-button = Work out delivery
freight-ask = Choose a variant to see what it costs delivered
freight-ask-text = Fees and days depend on the variant, the quantity and the destination.
freight-none = Nobody delivers this to { $country }
freight-none-text = Choose another variant, quantity or destination.
freight-for = { $count ->
    [one] { $count } piece, delivered to { $country }
   *[other] { $count } pieces, delivered to { $country }
}
freight-carrier = Service
freight-fee = Delivery fee
freight-time = Time
freight-tracking = Tracking
freight-landed = Landed cost
freight-landed-text = Landed cost is the goods, the taxes and import charges that AliExpress names, and the delivery fee. Above the limit of a promotion the goods cost their normal price.
freight-free = Free
freight-free-from = free from { $amount }
freight-from = from { $country }
freight-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
freight-days-range = { $least } to { $most } days
freight-time-unknown = Not given
freight-tracked = Tracked
freight-untracked = Not tracked
attributes-title = Properties

## Orders

orders-answer-none = No order is known here yet.
orders-answer-well = { $count ->
    [one] One order, nothing to do.
   *[other] { $count } orders, nothing to do.
}
orders-answer-to-pay = { $count ->
    [one] One order has to be paid.
   *[other] { $count } orders have to be paid.
}
orders-answer-stuck = { $count ->
    [one] One order is stuck and needs you.
   *[other] { $count } orders are stuck and need you.
}
orders-by-state = Orders by state
orders-known = Known orders
orders-all = All
orders-older = Older orders
orders-empty-title = No orders yet
orders-empty-text = AliExpress gives no list of orders. Add one by its number and SmartLinks follows it.
orders-empty-short = Add an order by its number to follow it.
orders-none-here = No order in this state
orders-none-here-text = Choose another state above.
import-title = Add an existing order
import-label = Order number
import-button = Add the order
import-help = The number stands on the order’s page at AliExpress. The order has to belong to a connected account.
order-column = Order
order-state = State
order-amount = Amount
order-placed = Placed
order-paid = Paid
order-asked = Last asked
order-pay-by = pay { $when }
order-pay-by-title = Pay by
stage-to-pay = To pay
stage-checking = Being checked
stage-to-ship = To be shipped
stage-shipped = On its way
stage-finished = Received
stage-closed = Cancelled
stage-stuck = Stuck
stage-unknown = Unknown state

## One order

back-to-orders = All orders
order-title = Order { $id }
order-answer-to-pay = Placed, waiting to be paid at AliExpress.
order-answer-to-pay-by = Waiting to be paid; AliExpress closes it { $when }.
order-answer-checking = AliExpress is checking the payment.
order-answer-to-ship = Paid. The seller has to ship it.
order-answer-shipped = On its way.
order-answer-finished = Received and finished.
order-answer-closed = Cancelled.
order-answer-stuck = Stuck: open it on AliExpress to see what is asked of you.
order-answer-unknown = AliExpress gives a state that is not known here.
order-asked-long = AliExpress was last asked
order-never-asked = AliExpress has not been asked yet
order-refresh = Ask again
order-pay = Pay on AliExpress
order-facts = At a glance
order-worth = Order value { $amount }
order-store = Store
order-connection = Connection
order-not-found = This order is not known here
order-not-found-text = If it exists at AliExpress, add it by its number.
lines-title = Contents
lines-empty = AliExpress lists no product
lines-empty-text = Ask again in a moment; new orders take a few seconds.
line-product = Product
line-unit = Unit price
line-shipping = Delivery
line-total = Total
parcels-title = Parcels
parcels-empty = No parcel yet
parcels-empty-text = Parcels appear here once the seller has shipped.
parcel-number = Tracking number
parcel-eta = Expected
parcel-no-steps = The carrier has reported nothing yet.

## Signing in here, and pages outside the tabs

sign-in-title = Sign in to SmartLinks
sign-in-text = This page is for whoever runs SmartLinks.
sign-in-button = Sign in
sign-in-help = You cannot sign in?
sign-in-first = Nobody has signed in here yet: open the link that SmartLinks printed when it started.
sign-in-lost = You have lost your password: ask another operator, or whoever runs the server, for a new link. The command is
sign-in-command = Command for a new link
sign-in-wrong = Name or password is wrong.
sign-in-empty = Enter name and password.
sign-in-too-many = { $seconds ->
    [one] Too many attempts. Try again in one second.
   *[other] Too many attempts. Try again in { $seconds } seconds.
 }
sign-in-oidc = Sign in with { $host }
oidc-access-denied = Your provider did not let you in, or you cancelled there. Sign in again, or use name and password.
oidc-provider-error = Your provider reported an error. Try again, or use name and password; what it said stands in the log of the server.
oidc-missing-code = Your provider sent you back without a code. Sign in again; if it repeats, whoever runs the server checks the settings at the provider.
oidc-missing-state = The answer of your provider does not say which sign-in it belongs to, so it was not used. Sign in again from this page.
oidc-unknown-state = The answer of your provider belongs to no sign-in that was started here, so it was not used. Sign in again from this page.
oidc-expired-state = The sign-in took longer than ten minutes. Sign in again.
oidc-state-reused = This answer of your provider was used already. Sign in again.
oidc-wrong-browser = The sign-in was started in another browser, or under another address of this page, so it was not finished. Start and finish in the same one.
oidc-unreachable = Your provider does not answer. Try again in a moment, or use name and password.
oidc-discovery-mismatch = Your provider does not describe itself as it is configured here. Whoever runs the server compares SMARTLINKS_OIDC_ISSUER with what the provider calls itself; the log says what differs.
oidc-exchange-refused = Your provider refused the code or this application. Sign in again; if it repeats, whoever runs the server checks client id, client secret and redirect address.
oidc-unreadable-token = The answer of your provider holds no proof of identity that can be read. Whoever runs the server finds in the log what is missing.
oidc-bad-signature = The proof of identity is not signed with a key of your provider, so it was not believed. Sign in again; if it repeats, whoever runs the server has to look at it.
oidc-wrong-issuer = The answer comes from another provider than the one that is configured here, so it was not believed.
oidc-wrong-audience = The proof of identity was made for another application, so it was not believed. Whoever runs the server checks the client id.
oidc-nonce-mismatch = The proof of identity was made for another sign-in, so it was not believed. Sign in again from this page.
oidc-expired-token = The proof of identity has run out. Sign in again; if it repeats, whoever runs the server compares the clocks.
oidc-email-unverified = Your provider does not say that your e-mail address is verified. Verify it there; or have whoever runs the server link you, with the subject that the audit log names.
oidc-unknown-operator = Your provider knows you, and no operator here belongs to you. Ask an operator to add you under your e-mail address; or have whoever runs the server link you, with the subject that the audit log names.
oidc-operator-disabled = This operator is disabled. Ask another operator, or whoever runs the server.
oidc-other-identity = The operator with your e-mail address belongs to another identity at your provider. If that is you too, whoever runs the server can link the new one, with the subject that the audit log names.
password-word = Password
password-new = New password
password-again = The same again
password-current = Present password
password-rule = 12 to 256 characters, at least four of them different, and without your name.
password-differ = The two new passwords differ.
password-wrong = The present password is wrong.
password-change = Change your password
password-button = Change the password
link-first-title = Welcome to SmartLinks
link-first-text = Nobody can sign in yet. Choose a name and a password; you are the first operator then, and this link works no more.
link-first-button = Become the first operator
link-password-title = A password for { $name }
link-password-text = Choose a password. You are signed in then, everywhere else you are signed out, and this link works no more.
link-password-button = Set the password
link-spent-title = This link does not work any more
link-spent-text = It was used already, or its time is over. Sign in, or ask for a new link.
link-to-sign-in = To the sign-in
link-name = Enter a name of at most 80 characters.
operators-title = Operators
operators-text = The people who may sign in here. Everything they do stands in the audit log under their name.
operators-people = Who may sign in
operators-alone = You are the only one. Add a second operator, so that somebody can let you in again.
operators-open = Nobody has to sign in here
operators-open-text = The sandbox is open to whoever sits at this machine. With real accounts, operators and their sessions are listed here.
operator-name = Name or e-mail address
operator-state = State
operator-added = Added
operator-action = Action
operator-you = you
operator-active = May sign in
operator-invited = No password yet
operator-disabled = May not sign in
operator-new-link = New link
operator-add = Add an operator
operator-add-button = Add and make a link
operator-add-help = You get a link that works once. Send it to that person in private: whoever opens it chooses the password.
operator-taken = There is an operator of that name already.
invitation-title = A link for { $name }
invitation-word = Link
invitation-text = It is shown only now, works once, and ends { $when }.
sessions-title = Where you are signed in
sessions-alone = You are signed in nowhere else.
session-this = this browser
session-unknown = Unknown browser
session-address = Address
session-began = Signed in
session-seen = Last used
session-end = Sign this browser out
session-end-others = Sign out everywhere else
callback-received = The code was received
callback-received-text = You can close this page and go back to the program that sent you here.
callback-failed = The sign-in did not work
callback-failed-text = Close this page and start again from the program that sent you here.
error-status = HTTP status
error-home = Go to the overview
error-400 = That request cannot be understood
error-400-fix = Go back, check what was entered and send it again.
error-403 = That is not allowed
error-403-fix = The request did not come from this page, or you are not signed in. Open the page again and retry.
error-404 = There is nothing here
error-404-fix = The address is wrong, or what stood here is gone.
error-413 = That is more than can be taken at once
error-413-fix = At most { $most } KiB can be sent to this page at once. Choose a smaller file, or make several of it, each with the header.
error-back = Back to the form
error-405 = This address does not take such requests
error-405-fix = Go to the overview and use the buttons there.
error-421 = This is not the address SmartLinks is served under
error-421-fix = Open it under the address that was printed when it started.
error-429 = Too many requests
error-429-fix = Wait a minute, then try again.
error-500 = Something failed on our side
error-500-fix = Try again. If it happens twice, pass on the request id; the log tells more under it.
error-503 = SmartLinks cannot do this at the moment
error-503-fix = Settings are missing or the service is starting. The overview says which.

## Countries

country-ae = United Arab Emirates
country-at = Austria
country-au = Australia
country-be = Belgium
country-bj = Benin
country-br = Brazil
country-ca = Canada
country-cd = DR Congo
country-cg = Congo
country-ch = Switzerland
country-ci = Ivory Coast
country-cl = Chile
country-cn = China
country-cz = Czechia
country-cm = Cameroon
country-de = Germany
country-dz = Algeria
country-es = Spain
country-fr = France
country-ga = Gabon
country-gb = United Kingdom
country-ie = Ireland
country-il = Israel
country-it = Italy
country-jp = Japan
country-kr = South Korea
country-lu = Luxembourg
country-ma = Morocco
country-mx = Mexico
country-nl = Netherlands
country-pl = Poland
country-pt = Portugal
country-sa = Saudi Arabia
country-se = Sweden
country-sn = Senegal
country-tn = Tunisia
country-tr = Türkiye
country-us = United States
country-za = South Africa

## Connect links, taking a connection over, and messages from AliExpress

notice-link-revoked = The link is withdrawn. It opens nothing any more.
notice-link-over = This link was over already; there was nothing to withdraw.
event-push-received = Message from AliExpress
event-push-failed = A message from AliExpress could not be followed
event-push-ignored = A message from AliExpress came outside its time
mismatch-connect-new = Connect it as a new account
mismatch-replace = Replace the account…
disconnect-served = It was handed out lately to: { $names }.
disconnect-refresh = The renewal planned { $when } does not take place.
disconnect-webhooks = Webhooks get one last message, that it has ended.
disconnect-links = Open links for it, and sign-ins under way, stop working.
replace-title = Replace the account of “{ $name }”?
replace-means = Whichever AliExpress account signs in next takes this connection over:
replace-software = Software that uses its id acts for the other account from then on, and is not told.
replace-tokens = The tokens of the present account are deleted here and cannot be brought back.
replace-orders = { $count ->
    [one] One known order belongs to the present account and can no longer be asked about.
   *[other] { $count } known orders belong to the present account and can no longer be asked about.
}
replace-default = It is the default connection: calls that name no connection act for the other account too.
replace-token-file = The token file that other programs read will hold the other account’s token.
replace-instead = If both accounts are to work, connect the other one as a new account instead.
replace-confirm = Replace it and sign in
replace-keep = Keep the present account
links-title = Connect links
links-manage = Or send a connect link to a merchant
links-text = A connect link lets a merchant connect their AliExpress account here, without access to these pages. It works once, within 30 minutes.
links-created = Send this address to the merchant
links-address = Address
links-once = It is shown only now. Whoever has it can connect an account, so send it where only the merchant reads it.
links-new = New link
links-label = Name
links-label-help = For your lists; the merchant sees it too. May stay empty.
links-for = Which account
links-for-new = A further account
links-for-again = Signing in again: { $name }
links-make = Make a link
links-no-keys = Links can be made as soon as the application has its keys.
links-list = Links of the last 30 days
links-empty = No link yet
links-empty-text = Make a link above and send it to the merchant. Here you see whether it was used.
links-made = Made
links-ends = Ends
links-take-back = Withdraw the link
link-open = Not used yet
link-started = Signing in at AliExpress
link-connected = Connected
link-refused = Did not work
link-expired = Expired
link-revoked = Withdrawn
connect-title = Connect your AliExpress account
connect-again-title = Sign in at AliExpress again
connect-asks = Whoever runs SmartLinks at { $host } asks you to connect your AliExpress account.
connect-asks-again = Your AliExpress account is connected to SmartLinks at { $host }, and AliExpress asks you to sign in again from time to time.
connect-label = There it is called “{ $label }”.
connect-means-title = What this means
connect-means-act = That server can then look up products and follow and place orders in the name of your account.
connect-means-password = You enter your password at AliExpress only; the server never sees it.
connect-means-end = You can end it at any time, in your AliExpress account or by asking whoever sent you the link.
connect-only-if = Go on only if you know who sent you this link.
connect-go = Go to AliExpress
connect-until = This link works once and ends { $when }.
connect-unknown = This link is not known here
connect-unknown-fix = Check that the address was copied whole, or ask whoever sent it for a new one.
connect-expired = This link is older than 30 minutes
connect-used = This link was used already
connect-used-fix = A link works once. If your account is not connected, ask whoever sent it for a new one.
connect-revoked = This link was withdrawn
connect-new-link-fix = Ask whoever sent you the link for a new one.
connect-done = Your account is connected
connect-done-text = That is all: you can close this page.
## API keys

api-keys-title = API keys
api-keys-answer = { $count ->
    [0] No key is active: no software can use the API.
    [one] One key is active.
   *[other] { $count } keys are active.
}
api-keys-list = Keys
api-keys-empty = No keys yet
api-keys-empty-text = A key lets your own software use the API. Give each program its own, with the scopes it needs and no more.
api-keys-link = API keys for your software
api-key-word = API key
api-key-new = New key
api-key-name = Name
api-key-name-help = What uses it, for example “shop” or “stock script”.
api-key-scopes = Scopes
api-key-life = Lifetime
api-key-days = { $count ->
    [one] One day
   *[other] { $count } days
}
api-key-endless = Does not expire
api-key-create = Make the key
api-key-made = The key “{ $name }” is made
api-key-once = Copy it now and keep it in a safe place. It is shown this once: only a hash of it is kept here.
api-key-state-column = State
api-key-active = Active
api-key-expired = Expired
api-key-revoked = Revoked
api-key-expires = Expires
api-key-last-used = Last used
api-key-never-used = Not used yet
api-key-revoke-action = Revoke…
api-key-revoke-title = Revoke the key “{ $name }”?
api-key-revoke-text = Within a second, every program that uses it is refused. This cannot be undone; a new key can be made at any time.
api-key-revoke-confirm = Revoke
api-key-revoke-keep = Keep it
scope-read = See status, connections, products, orders and events
scope-token = Be handed access tokens
scope-call = Call read methods of AliExpress
scope-order = Add and place orders
scope-admin = Change connections, keys and webhooks. Includes no other scope
notice-api-key-revoked = The key “{ $name }” is revoked.

## API reference

docs-text = Send an API key in the header “Authorization: Bearer”. The scope that it needs stands beside each operation.
docs-document = OpenAPI document
docs-nouns = Subjects
docs-parameters = Parameters
docs-body = JSON body
docs-answers = Answers
## Webhooks

event-expiring = A sign-in deadline comes near
event-webhook-disabled = Webhook disabled
event-webhook-test = Test event
events-to-webhooks = Tell your own software (webhooks)
notice-webhook-changed = The webhook was changed.
notice-webhook-deleted = The webhook was deleted.
notice-webhook-enabled = The webhook is told of what happens from now on.
notice-webhook-disabled = The webhook is told of nothing more; what waited for it has ended.
notice-webhook-tested = A test event is on its way. Its delivery appears below.
notice-webhook-resent = The delivery is on its way once more.
webhooks-title = Webhooks
webhooks-lead = Your own software is told what happens: a signed message is posted to an address of yours.
webhooks-endpoints = Addresses that are told
webhooks-empty = Nobody is told yet
webhooks-empty-text = Add an address below. How to receive and check messages stands at the end of this page.
webhook-address = Address
webhook-address-help = A public https address where your software takes messages. It cannot lead into a private network.
webhook-state = State
webhook-state-well = Takes messages
webhook-state-new = Nothing sent yet
webhook-state-failing = Fails at present
webhook-state-disabled = Disabled
webhook-why-by-hand = It was disabled by hand. Enable it to go on; what happened meanwhile is not sent afterwards.
webhook-why-gone = It answered 410, which says that it wants nothing more. Enable it once its software is back.
webhook-why-failing = It has taken nothing for five days. Mend it, enable it, then send a test event.
webhook-last-taken = Last message taken
webhook-last-failed = Last failure
webhook-failing-since = First failure
webhook-former-until = Former secret ends
webhook-events = What is sent
webhook-events-help = Tick what your software wants to know. With nothing ticked it is sent everything, also what will be added later.
webhook-every = Everything
webhook-description = Description
webhook-add = Add an address
webhook-add-button = Add and show the secret
webhook-test = Send a test event
webhook-enable = Enable
webhook-disable = Disable
webhook-rotate = New secret
webhook-rotate-text = “New secret” shows another secret. For a day messages carry both signatures, so that your software can change over. During that day there is no other one.
webhook-change = Change this webhook
webhook-save = Save
webhook-delete = Delete this webhook
webhook-delete-text = Its secrets, its deliveries and what waits for it are deleted at once.
webhook-secret = Secret of the webhook
webhook-secret-text = Your software checks signatures with it. Copy it now: it is shown this once and cannot be shown again.
webhook-secret-kept = I have copied it
webhook-how = Receive and verify
webhook-how-message = Each message is a POST with JSON: type, timestamp and data, after the Standard Webhooks specification.
webhook-how-signature = Check the signature over the bytes as they came, before reading them, and refuse what is older than five minutes.
webhook-how-answer = Answer with any 2xx within 15 seconds and work afterwards. Anything else is tried again, ten times over three days, later when Retry-After asks for it; 410 ends it, and so do five days in which nothing is taken.
webhook-how-twice = A message may come twice. The webhook-id stays the same, so drop what you have seen. Every kind, with an example, stands in docs/webhooks.md.
deliveries-title = Deliveries
deliveries-empty = Nothing was sent yet
deliveries-empty-text = Send a test event to see one arrive.
deliveries-older = Older deliveries
delivery-pending = Waiting
delivery-delivered = Delivered
delivery-failed = Ended with the webhook
delivery-given-up = Given up
delivery-next = next attempt { $when }
delivery-took = { $count } ms
delivery-resend = Send again
delivery-attempts = { $count ->
    [one] { $count } attempt
   *[other] { $count } attempts
}
## Audit log and upkeep

audit-title = Audit log
audit-answer = Who did what, when, from where, and how it ended. Nothing in it can be changed.
audit-open = Open the audit log
audit-history = History
audit-action = What was done
audit-connection = Connected account
audit-who = Who
audit-anybody = Everybody
audit-apply = Filter
audit-all = Show everything
audit-entries = Entries
audit-when = When
audit-about = About
audit-outcome = Outcome
audit-from = from { $address }
audit-ok = Done
audit-failed = Failed
audit-older = Older entries
audit-empty = Nothing has happened yet
audit-empty-text = The first connection, refresh by hand or change of settings will stand here.
audit-none = No such entry
audit-none-text = Nothing in the log fits this filter. Choose less.
audit-misunderstood = This filter cannot be understood
audit-misunderstood-text = The address of this page holds a value that is not known. Choose from the lists above.
audit-by-operator = Operator
audit-by-api-key = API key
audit-by-command-line = Command line
audit-by-merchant = Merchant with a link
audit-by-system = SmartLinks itself
audit-by-anybody = Visitor, not signed in
upkeep-title = Upkeep
upkeep-well = Nothing to mend
upkeep-due = Refreshes due now
upkeep-sign-in = { $count ->
    [one] To sign in again within { $count } day
   *[other] To sign in again within { $count } days
}
upkeep-counted = Connections counted
budget-title = Call budget
budget-rates = Calls per second that AliExpress allows, and what is held of them
budget-divided = Divided among all instances on this database
budget-whole = This server has each of them whole
budget-unused = None is in use.
budget-share = { $held } of { $rate } per second
budget-methods = The methods as a table
budget-method = Method
budget-rate = Allowed per second
budget-no-rate = not documented
budget-held = Held now
budget-instances = Instances
budget-last-hour = Last hour
budget-last-day = Last 24 hours
outcome-title = How calls ended
outcome-ok = Went well
outcome-wait = Too many calls
outcome-retry = AliExpress in trouble
outcome-refresh = Token had ended
outcome-reauthorize = Sign-in needed
outcome-fix = Call refused
outcome-unreachable = No answer
outcome-unreadable = Answer not readable
chart-calls = Calls to AliExpress, last 24 hours
chart-refreshes = Refreshes, last 24 hours
chart-summary = { $well } went well, { $failed } failed
chart-hour = Hour from
chart-well = went well
chart-failed = failed
chart-table = The numbers as a table
concern-clock = This machine’s clock is wrong
concern-clock-fix = Whoever runs this server switches time synchronisation on: timedatectl set-ntp true, or chrony.
concern-callback = The callback address is not https
concern-callback-fix = Whoever runs this server registers an https address in the AliExpress console and sets ALIEXPRESS_CALLBACK_URL.
concern-key-file = Other users of this machine can read the key file
concern-key-file-fix = Whoever runs this server takes their rights away (chmod 600) and rotates the key.
concern-data-dir = Other users of this machine can change the data directory
concern-data-dir-fix = Whoever runs this server takes their rights away (chmod 700).
concern-token-file = Other users of this machine can read the token file
concern-token-file-fix = Whoever runs this server takes their rights away (chmod 600), then the tokens are renewed.
concern-address = AliExpress does not allow calls from this machine’s address
concern-address-fix = Whoever manages the app adds it to the IP whitelist in the AliExpress console.
concern-test = The app is in test mode: accounts have to sign in again every two days
concern-test-fix = Whoever manages the app applies for the status Online in the AliExpress console.
concern-other = The doctor has found something
concern-other-fix = Whoever runs this server runs smartlinks doctor, which says what and how to mend it.

## What was done, and why something failed

more-label = More pages
webhooks-back = All webhooks
webhook-description-help = For your own list. May stay empty.
webhook-delete-ask = Delete this webhook…
webhook-delete-confirm = Delete it for good
links-older = Older links
audit-any = Everything
api-key-needs-name = Give the key a name.
api-key-needs-scope = Choose at least one scope.
chart-from = 24 hours ago
chart-until = now
receiver-status = HTTP answer { $status }
receiver-private = The address leads into a private network
receiver-unresolved = The name has no address
receiver-unreachable = No connection, or a certificate that is not trusted
receiver-timeout = No answer in time
receiver-broken = The connection broke before the answer
receiver-unable = This server could not send
event-connection-changed = Connection changed
event-api-key-created = API key made
event-api-key-revoked = API key revoked
deed-token-vended = Access token handed out
deed-connection-called = Data read from the account
deed-token-file-written = Token file written
deed-connections-exported = Connections exported
deed-link-created = Connect link made
deed-link-used = Connect link used
deed-link-revoked = Connect link withdrawn
deed-webhook-created = Webhook added
deed-webhook-changed = Webhook changed
deed-webhook-enabled = Webhook enabled
deed-webhook-deleted = Webhook deleted
deed-webhook-secret = New secret for a webhook
deed-webhook-tested = Test event asked for
deed-webhook-resent = Message sent again
deed-order-placing = Order asked for
deed-order-decided = Somebody said what became of an order
deed-signed-in = Signed in here
deed-signed-out = Signed out here
deed-session-ended = One browser signed out
deed-sessions-ended = All other browsers signed out
deed-signed-out-everywhere = Signed out everywhere
deed-password = Password chosen
deed-operator-added = Operator added
deed-operator-link = Sign-in link made for an operator
deed-operator-identity = Operator linked with an account of the sign-in provider
deed-operator-enabled = Operator enabled
deed-operator-disabled = Operator disabled
deed-key-added = Encryption key added
deed-key-activated = Encryption key put to use
deed-key-retired = Encryption key retired
webhook-detail = More precisely:
answer-mend = { $count ->
    [one] One thing has to be mended.
   *[other] { $count } things have to be mended.
}

## What AliExpress has changed

drift-title = Drift
drift-answer-waiting = { $count ->
    [one] One variant is gone and waits for your choice.
   *[other] { $count } variants are gone and wait for your choice.
}
drift-answer-failing = { $count ->
    [one] AliExpress could not be asked about one product.
   *[other] AliExpress could not be asked about { $count } products.
}
drift-answer-none = Nothing is watched yet.
drift-answer-well = { $count ->
    [one] One product is watched, and nothing waits for you.
   *[other] { $count } products are watched, and nothing waits for you.
}
drift-every = { $count ->
    [one] Each product is looked at every hour, while nobody waits for it.
   *[other] Each product is looked at every { $count } hours, while nobody waits for it.
}
drift-next = The next look is due
drift-failing-text = Nothing of them has changed by it. They are asked about again by themselves, more and more rarely while the trouble lasts.
drift-changes = What has changed
drift-empty = No product is watched yet
drift-empty-text = Once you have imported a product, AliExpress is asked about it again and again. Changes of cost, stock, variants and availability are kept here, and you choose what is done about each.
drift-find = Find products
drift-nothing = Nothing of this kind has changed
drift-nothing-text = What AliExpress changes appears here by itself after the next look.
drift-by-kind = By kind of change
drift-all = Everything
drift-older = Older
drift-back = All changes
drift-when = When
drift-product = Product
drift-what = What
drift-before = Before
drift-after = Since
drift-done = What was done
drift-cost = Cost
drift-stock = Stock
drift-sku-gone = Variant gone
drift-sku-back = Variant back
drift-sku-added = New variant
drift-sku-replaced = Variant replaced
drift-availability = AliExpress says
drift-imported = Imported
drift-changed-title = Title
drift-source-title = AliExpress’s title
drift-state = State
drift-price = Price
drift-cost-up = A variant costs more
drift-cost-down = A variant costs less
drift-sold-out = A variant is sold out
drift-unavailable = The product cannot be bought
drift-on-sale = The product can be bought again
drift-record = Keep it here
drift-notify = Tell
drift-hold = Hold the product
drift-unpublish = Unpublish it
drift-recorded = Kept here
drift-notified = Told
drift-held-back = Product held
drift-says-on-sale = On sale
drift-says-not-found = Not found
drift-says-not-sold-here = Not sold to the country
drift-says-not-for-app = Not for this app
drift-says-offline = Taken off by its seller
drift-listed = Listed
drift-held = Held
drift-unpublished = Not published
repair-title = Waiting for you
repair-text = AliExpress names these variants no more. Orders for them are held until you have chosen what takes their place.
repair-gone = Gone
repair-proposed = Proposed
repair-none = Nothing comes close by itself.
repair-same = The same under another number
repair-closest = The closest in properties
repair-price = The closest in price
repair-costs = { $before } → { $after }
repair-left = { $count ->
    [one] one left
   *[other] { $count } left
}
repair-confidence = confidence { $count } %
repair-choose = In its place
repair-next = Further variants that wait
repair-choose-one = Choose a variant
repair-confirm = Sell this one in its place
repair-unsell = Sell it no more
policy-title = What is done about changes
policy-text = Every change is kept. You choose of which ones an event tells, and which ones hold a product (nothing of it is ordered until you list it again) or take it off.
policy-change = When
policy-action = Then
policy-above = From, in per cent
policy-save = Save
history-asked = AliExpress was asked
history-next = Next look
history-failing = AliExpress could not be asked the last time.
history-held = This product is held.
history-held-text = Nothing of it is ordered until you have looked at what has changed and listed it again.
history-check = Ask AliExpress now
history-relist = List it again
history-costs = Cost of one piece
history-variants = Variants
history-no-cost = AliExpress gave no cost
history-no-cost-text = As soon as it gives one, it stands here.
history-since = Since
history-title = What has happened
notice-policies-chosen = What is done about changes is saved. It counts from the next look on.
notice-repaired = It is sold from now on, and orders for the variant that is gone are orders for it.
notice-unsold = The variant is not sold any more.
notice-checked = AliExpress was asked just now. What has changed stands below.
notice-relisted = The product is listed again, and can be ordered.
deed-watch-policies = Chose what is done about changes
deed-sku-replaced = Chose another variant for one that is gone
deed-priced-by-hand = Set a price by hand
deed-priced-by-rules = Left a price to the rules again
deed-rule-created = Made a price rule
deed-rule-changed = Changed a price rule
deed-rule-default = Chose the usual price rule
deed-rule-deleted = Deleted a price rule
deed-rate-set = Entered an exchange rate
deed-rate-removed = Took an exchange rate away
deed-import-started = Started an import
deed-import-cancelled = Stopped an import
deed-import-resumed = Let an import go on

## The catalogue

products-nav-label = Parts of Products
products-nav-find = Find
products-nav-catalogue = Catalogue
products-nav-prices = Prices
products-nav-imports = Imports
to-catalogue-title = Your catalogue
to-catalogue-text = In the catalogue, a product and the variants you sell keep their costs, get your prices, and can be exported to your shop.
to-catalogue-button = Add to the catalogue
to-catalogue-again = Bring the catalogue up to date
to-catalogue-choose = Only some variants
to-catalogue-choose-help = Tick the variants that you want to sell. Without a tick, all of them are.
to-catalogue-more = Sell further variants
to-catalogue-more-help = Ticked variants are sold from now on, besides those that are sold already.
to-catalogue-there = This product is in your catalogue:
catalogue-labels = Labels
catalogue-labels-help = Names of your own, with a comma between them. At most 20.
notice-catalogue-added = The product is in the catalogue.
notice-catalogue-updated = The product was in the catalogue already. It now shows what AliExpress says today.
notice-catalogue-saved = The product is saved.
notice-catalogue-removed = The product is no longer in the catalogue.
catalogue-title = Catalogue
catalogue-answer-none = The catalogue is empty.
catalogue-answer-held = { $count ->
    [one] { $count } product waits for your decision.
   *[other] { $count } products wait for your decision.
}
catalogue-answer-well = { $count ->
    [one] { $count } product in the catalogue.
   *[other] { $count } products in the catalogue.
}
catalogue-empty = Nothing is in the catalogue yet
catalogue-empty-text = Find a product, open it and choose “Add to the catalogue”. Many at once come in under “Imports”.
catalogue-find = Find products
catalogue-none-here = No such product in the catalogue
catalogue-none-here-text = Use fewer words, or take a condition away.
catalogue-everything = Show everything
catalogue-search = Words, a number, a label or your own code
catalogue-search-button = Look up
catalogue-label = Label
catalogue-availability = At AliExpress
catalogue-any = Any
catalogue-by-state = Products by state
catalogue-all = All
catalogue-listed = For sale
catalogue-held = Held back
catalogue-unpublished = Not published
availability-on-sale = On sale
availability-not-found = Not there any more
availability-not-sold-here = Not sold to the destination
availability-not-for-app = Not open to this application
availability-offline = Taken offline
catalogue-product = Product
catalogue-state = State
catalogue-variants = Variants
catalogue-of = { $sold } of { $all }
catalogue-in-stock = in stock: { $count }
catalogue-cost = Cost
catalogue-price = Your price
catalogue-no-price = No price
hand-badge = Set by hand
hand-low = Earns too little
hand-least = at least { $price }
hand-title = A price set by hand
hand-text = Price rules leave it alone until you give it back to them. If it earns less than the minimum of the rule, it is set all the same, and the table above says so.
hand-variant = Variant
hand-amount = Price, such as 12.90
hand-currency = Currency, the one your rule or your other prices have
hand-set = Set this price
hand-leave = Leave it to the rules again
catalogue-unpriced = without a price: { $count }
catalogue-several = several currencies
catalogue-asked = AliExpress asked
catalogue-more = Older products
export-title = Take the catalogue away as a file
export-text = The file holds the products that are chosen above. A shop’s file holds the variants that can be sold: those with a price in the currency chosen here.
export-currency = Currency of the shop
export-jsonl = JSON lines
export-csv = CSV
export-shopify = Shopify
export-woocommerce = WooCommerce
export-as = Download as
catalogue-back = Catalogue
catalogue-source-title = Title at AliExpress
catalogue-shop = Shop
catalogue-market = Costs are for
catalogue-added = In the catalogue since
catalogue-refresh = Ask AliExpress again
catalogue-live = Delivery and today’s prices
catalogue-edit = What is yours
catalogue-edit-text = Asking AliExpress again changes none of this.
catalogue-your-title = Your title
catalogue-rule = Price rule
catalogue-rule-default = The default rule
catalogue-rule-help = Prices stay as they are until a dry run is applied under “Prices”.
catalogue-own-code = Your code
catalogue-sold = Sold
catalogue-sell = Sell
catalogue-gone = AliExpress no longer names it
catalogue-save = Save
catalogue-remove = Remove from the catalogue…
catalogue-remove-title = Remove “{ $title }” from the catalogue?
catalogue-remove-text = With it go:
catalogue-remove-prices = your title, labels, codes and prices of it
catalogue-remove-history = its history
catalogue-remove-shop = Nothing changes in your shop and at AliExpress. Orders stay.
catalogue-remove-confirm = Remove it
catalogue-remove-keep = Keep it
form-detail = More precisely:
problem-not-sold = AliExpress does not sell this to the destination.
fix-not-sold = Choose another destination, or another product.
problem-overtaken = Things are no longer as this page showed them.
fix-overtaken = Look at the page again: what was wanted is done already, or something else stands in its way.

## Prices

notice-rule-saved = The rule is saved. Prices stay as they are until a dry run is applied.
notice-rule-deleted = The rule is deleted. Prices stay as they are.
notice-rate-saved = The rate is saved. Prices stay as they are until a dry run is applied.
notice-rate-removed = The rate is gone. Prices stay as they are.
notice-price-set = The price is set. Price rules leave it alone.
notice-price-left = The price is left to the rules again. It stays as it is until a dry run is applied.
notice-prices-applied = The prices are in force. The next export holds them.
prices-title = Prices
prices-answer-none = There is no price rule yet, so products get no price.
prices-answer-no-default = { $count ->
    [one] { $count } price rule, and none is the default one.
   *[other] { $count } price rules, and none is the default one.
}
prices-answer-well = Products without a rule of their own get their prices by “{ $name }”.
rules-title = Price rules
rules-empty = No rule yet
rules-empty-text = A rule says what is added to a cost: an amount, per cent, or both, by steps; which least margin holds; and how prices end.
rule-new = Make a rule
rule-name = Name
rule-what = What it does
rule-default = Default
rule-cost = cost
rule-percent = { $percent }%
rule-up-to = up to { $amount }: { $what }
rule-above = above: { $what }
rule-least-profit = earns at least { $amount }
rule-least-margin = margin of at least { $percent }
rule-ends = rounded up to { $ending } above each { $every }
rule-title-new = A new price rule
rule-title = Price rule “{ $name }”
rules-back = Prices
rule-name-help = As you call it in lists and files. At most 80 characters.
rule-currency = Currency of the prices
rule-currency-help = A cost in another currency is converted with the rate that you have entered.
rule-steps = What is added to the cost
rule-steps-help = One line without an end is enough. For steps, let the costs rise, and leave the end of the last line empty. Numbers are written with a point or a comma: 2.50. Empty lines do not count.
rule-step = Step
rule-step-end = For costs up to
rule-step-percent = Per cent added
rule-step-plus = Amount added
rule-least = The least that a sale earns
rule-min-profit = Amount
rule-min-margin = Per cent of the price
rule-least-help = Where the steps give less, the price rises until both hold. Empty means no minimum.
rule-rounding = How prices end
rule-every = Distance between two prices
rule-ending = Ending
rule-rounding-help = 1 and 0.99 give 4.99, 5.99 and so on; 0.05 and 0 give what can be paid in coins. Prices are always rounded up. Empty: every amount of the currency.
rule-make-default = Use it for products without a rule of their own
rule-save = Save the rule
rule-delete = Delete this rule
rule-delete-text = A rule that products have as their own cannot be deleted; give them another one first. Prices stay as they are.
rule-delete-ask = Delete…
rule-delete-confirm = Delete it for good
dry-run-title = See what would change
dry-run-text = A dry run shows every price before and after, with its margin before delivery and taxes. Nothing changes until you apply it.
dry-run-rule = Price by
dry-run-own = Its own rule, or the default one
dry-run-rule-help = A rule that is chosen here becomes the products’ own when you apply the run.
dry-run-words = Only these (words, number, code)
dry-run-button = Show what would change
rates-title = Exchange rates
rates-text = You enter them; none is fetched from anywhere. Each price run names the rate, who said so and when.
rates-empty = No rate is entered
rates-empty-text = None is needed while costs and prices are in one currency.
rate-pair = Rate
rate-is = 1 { $from } = { $rate } { $to }
rate-source = Who says so
rate-by-operator = Entered by hand
rate-by-gateway = AliExpress
rate-at = Since
rate-from = One unit of
rate-to = is worth in
rate-number = Number
rate-help = With a point, for example 0.92. It takes the place of the one that is there.
rate-save = Enter the rate
rate-remove = Take away
run-title = Dry run
run-answer = { $count ->
    [one] { $count } price would change.
   *[other] { $count } prices would change.
}
run-answer-none = No price would change.
run-answer-applied-none = It was put in force; every price was as the rules have it, so none has changed.
run-answer-applied = { $count ->
    [one] { $count } price was put in force.
   *[other] { $count } prices were put in force.
}
run-answer-moved = Nothing was changed: something is no longer as this dry run showed it.
run-made = Made
run-applied = Applied
run-of = Products looked at
run-variants = Variants sold
run-unchanged = Prices that stay
run-problems = Variants without a price
run-rule = Priced by
run-apply = Put these prices in force
run-apply-text = All of them, exactly as they stand here, or none when a cost, a price, a rate or a rule is another by then.
run-meant = Which products
run-meant-all = All of the catalogue
run-named = { $count ->
    [one] 1 product, named by its id
   *[other] { $count } products, named by their ids
}
run-found = found by “{ $words }”
run-again = Make a new dry run
run-to-export = Go to the catalogue and export
run-lines = Changes and problems
run-nothing = Every price is as the rules want it
run-nothing-text = There is nothing to apply.
run-before = Price now
run-after = New price
run-margin = Margin before delivery
run-why = Why
run-next = Further lines
run-rate = 1 { $from } = { $rate } { $to }, { $source }, { $when }
run-by-rule = by “{ $name }”
run-no-cost = AliExpress names no cost. Ask again on the product’s page.
run-no-rule = No rule applies. Choose one, or make one the default.
run-no-rate = Enter what one { $from } is worth in { $to }.
run-impossible = The cost is below zero or too large.
run-zero = The rule would give it away for nothing.
run-none = No new price
run-moved = { $count ->
    [one] { $count } line is no longer as it was shown.
   *[other] { $count } lines are no longer as they were shown.
}
run-moved-text = No price was changed. Make a new dry run, look at it, and apply that one.
run-shown = As shown:
run-now = Now:
run-not-sold = not sold any more
run-keeps = stays
run-by-hand = Prices set by hand
run-kept = Kept, set by hand

## Imports of many products

notice-import-started = The import has begun. It goes on by itself, also when this page is closed.
notice-import-cancelled = The import is stopped. What was imported stays in the catalogue.
notice-import-resumed = The import goes on.
imports-title = Imports
imports-answer-none = Nothing is being imported.
imports-answer-running = { $count ->
    [one] { $count } import is on its way.
   *[other] { $count } imports are on their way.
}
imports-start = Import many products
imports-text = Numbers and links, or a CSV file
imports-text-help = One product number or AliExpress link a line; or paste a CSV file, whose first line names its columns: product, and if you want skus, labels and rule. Up to 10,000 products at once.
imports-labels-help = Given to all of them. With a comma between.
imports-rule-help = For those whose line names none.
imports-button = Import
imports-problems = { $count ->
    [one] Nothing was started: { $count } line cannot be.
   *[other] Nothing was started: { $count } lines cannot be.
}
imports-problems-text = Mend them here and send all of it again.
imports-line = Line
imports-column = Column
imports-wrong = What is wrong
imports-known = Imports so far
imports-empty = No import yet
imports-empty-text = Paste numbers or links above, or choose a file. Single products are added on their own page.
import-what = Import
import-state = State
import-progress = Progress
import-failed-lines = Failed
import-started = Begun
import-running = Running
import-resting = Resting
import-done = Done
import-done-partly = Done, not all of it
import-cancelled = Stopped
import-of = { $done } of { $all }
import-older = Older imports
imports-back = Imports
import-of-day = Import of { $when }
import-answer-running = { $done } of { $all } products are in the catalogue.
import-answer-done = { $count ->
    [one] { $count } product is in the catalogue.
   *[other] { $count } products are in the catalogue.
}
import-answer-failed = { $count ->
    [one] { $count } product could not be imported.
   *[other] { $count } products could not be imported.
}
import-answer-cancelled = Stopped after { $done } of { $all } products.
import-no-more = Why no more of the feed was found
import-goes-on = It goes on { $when }.
import-cancel = Stop the import
import-resume = Go on with it
import-retry = Try again what failed
import-lines = Products of this import
import-all-lines = All
import-line-waiting = Waiting
import-line-imported = Imported
import-line-failed = Failed
import-no-lines = No product in this state
import-no-lines-text = Choose another state above.
import-number = Product
import-outcome = What came of it
import-attempts = { $count ->
    [one] tried { $count } time
   *[other] tried { $count } times
}
import-open = Open in the catalogue
import-more-lines = Further products
imports-feed = Import a feed
imports-feed-name = Feed of AliExpress
imports-most = At most
imports-feed-button = Import the feed
imports-feed-help = Its products are found first, page by page, and then imported one by one. Empty under “At most” means as many as it holds, up to 10,000.
import-answer-finding = { $count ->
    [one] { $count } product of the feed found so far.
   *[other] { $count } products of the feed found so far.
}
import-ended = Ended
file-label = Or a file of this computer
file-help = CSV or text in UTF-8, at most { $most } KiB. A chosen file counts, and the text above does not.

## Market, landed cost, pictures and affiliation

market-words = { $country } · { $currency } · titles: { $language }
market-language = Titles in
market-button = Remember
market-chosen = Remembered for you, on every page about products.
market-usual = As configured. What you choose here is remembered for you.
market-address = For this page only. What you choose here is remembered for you.
notice-market-chosen = Destination, currency and language are remembered.
nav-picture = By picture
nav-affiliate = Affiliate
landed-unit = Price of one
landed-goods = Goods
landed-charges = Taxes and import charges
landed-charges-not-named = AliExpress names none for this destination; customs may ask for some on delivery.
landed-rate = Conversion
landed-margin = Margin
landed-percent = { $percent } %
landed-loss = Loss
landed-no-rate-short = no rate for { $from }
landed-no-rate = No rate from { $from } to { $to }. Enter one with: smartlinks catalogue rates set { $from } { $to } RATE
rate-by-aliexpress = AliExpress itself gives the amounts in { $currency }
rate-entered = { $one } = { $worth }, entered by an operator
selling-price = Your price for one
selling-rule = by the rule “{ $name }”
selling-under-rule = What it would be at this cost
selling-dry-run = Dry run
selling-no-cost = None: AliExpress names no cost.
selling-no-rule = None: no price rule applies. Make one the default.
selling-impossible = None: the cost cannot be counted with.
selling-zero = None: the rule gives a price of zero.
picture-title = Search by picture
picture-answer-start = Show a picture of what you look for.
picture-answer-none = That is no picture.
picture-answer-too-large = The picture is too large.
picture-answer-nothing = Nothing looks like it, destination { $country }.
picture-answer-found = { $count ->
    [one] { $count } product looks like it, for { $country }.
   *[other] { $count } products look like it, for { $country }.
}
picture-label = Picture
picture-button = Find what looks like it
picture-help = JPEG, PNG, WebP or GIF, up to 700 KB. It is sent to AliExpress and not kept.
picture-start-title = Nothing is shown yet
picture-start-text = Choose a picture: a photo of the product alone, before a plain background, finds most.
picture-none-title = The file is no JPEG, PNG, WebP or GIF picture
picture-none-text = Choose another file, or save the picture as JPEG first.
picture-too-large-title = At most { $count } bytes are sent on
picture-too-large-text = Make the picture smaller, for example 1,000 pixels wide, and choose it again.
picture-nothing-title = AliExpress finds nothing that looks like it
picture-nothing-text = Try a clearer picture or another destination, or search with words.
affiliate-title = Affiliate programme
affiliate-links = Links
affiliate-hot = Hot products
affiliate-orders = Commissions
affiliate-answer-start = Make tracked links that earn a commission.
affiliate-answer-trouble = That did not work.
affiliate-answer-made = { $count ->
    [one] { $count } link made of { $all }.
   *[other] { $count } links made of { $all }.
}
affiliate-not-permitted = The application lacks the permission for this.
affiliate-permission = The permission group “Affiliate API” is missing
affiliate-permission-text = Whoever runs SmartLinks applies for it in the AliExpress console (openservice.aliexpress.com), under the application’s API permissions. It takes an account of the affiliate programme, opened at portals.aliexpress.com.
affiliate-tracking = Tracking id
affiliate-tracking-help = From the affiliate portal: it says who earned the commission.
affiliate-sources = Product numbers or AliExpress addresses
affiliate-sources-help = One a line, up to 1,000.
affiliate-hot-links = Links of the programme for hot products, which pays more
affiliate-button = Make links
affiliate-start-title = No links yet
affiliate-start-text = Paste products above. Each line gets its link, or the reason why there is none.
affiliate-source = Product or address
affiliate-result = Result
affiliate-link = Tracked link
affiliate-all-links = All links as text
affiliate-none = No link
affiliate-not-aliexpress = Neither a product number nor an address of AliExpress; it was not sent.
affiliate-no-answer = AliExpress gave neither a link nor a reason. Try it again.
hot-answer = { $count ->
    [one] { $count } hot product.
   *[other] { $count } hot products.
}
hot-words = Words, or nothing for all
hot-product = Product
hot-no-link = Give a tracking id
hot-none = No hot product matches
hot-none-text = Try other words or another destination.
commission-rate = Commission
commissions-answer = { $count ->
    [0] No commission in this period.
    [one] { $count } order line in this period.
   *[other] { $count } order lines in this period.
}
commission-from = From (UTC)
commission-until = Until
commission-state = Orders
commission-paid = Paid: the commission is an estimate
commission-received = Received by the buyer
commission-settled = Settled: the commission is paid out
commission-invalid = Void: refunded or refused
commission-button = Show
commission-help = At most 31 days at once. Amounts are AliExpress’s, to the cent; it names no time zone for the creation.
commission-none = No order line in this period and state
commission-none-text = Choose another period or state.
commission-buyer-paid = Paid by the buyer
commission-earned = Commission
commission-created = Created

## Placing orders

new-order-title = New order
new-order-answer-start = Check it first: nothing is ordered before you have seen the total.
new-order-answer-troubles = { $count ->
    [one] One thing stands in the way. Nothing was ordered.
   *[other] { $count } things stand in the way. Nothing was ordered.
}
new-order-answer-placeable = Nothing stands in the way. It costs { $total }.
new-order-answer-failed = Nothing was ordered.
new-order-answer-unknown = It is not known whether it was ordered.
new-order-unknown-text = Something failed here, perhaps after AliExpress was asked. Send this same form again: it orders at most once and then says what became of it. Do not begin a new one before you have looked in the list:
new-order-answer-refused = AliExpress has refused the order. Nothing was ordered.
new-order-refused-text = Change what it names, and check the order again.
new-order-record = The record of the refusal
new-order-answer-changed = Something has changed since you looked. Nothing was ordered; look again.
new-order-answer-sent-before = This form was sent before. Nothing was ordered a second time.
new-order-sent-before-text = What became of the first time stands in the list. Placing it now makes another order.
new-order-wanted = What is ordered
new-order-more-lines = More products
new-order-product = Product number or link
new-order-sku = Variant number (SKU)
new-order-expected = Expected price each, USD
new-order-memo = Message to the seller
order-line-number = Line { $number }
delivery-cheapest = The cheapest
address-title = Delivery address
address-more = Tax and identity numbers, where a country asks for them
address-contact-person = Recipient
address-street = Street and number
address-flat = Flat, floor
address-zip = Postal code
address-city = City
address-province = Province or region
address-phone-country = Dialling code, such as +33
address-mobile = Mobile number
address-full-name = Full name, if it differs
address-tax-number = Tax number
address-cpf = CPF (Brazil)
address-rut = RUT (Chile)
address-vat = VAT number
address-tax-company = Company, for taxes
address-passport = Passport or tax number
address-passport-date = Passport valid until
address-passport-office = Passport issued by
address-foreigner-number = Foreigner’s number
address-national = National address (Saudi Arabia)
address-foreigner = The recipient is a foreigner there
advice-proposed = Proposed: { $proposed }
advice-missing = This is needed.
advice-length = The length is not the one that this country’s rules accept.
advice-two-names = First and last name are needed, with a space between.
advice-digits = Digits only, as many as the country’s numbers have.
advice-tax-number = The number does not have the digits that the country’s numbers have.
advice-start = The number does not begin as numbers of this country do.
advice-not-other = The real name is needed: “Other” is refused.
advice-latin = The carrier prints Latin letters only.
advice-province = This is not in AliExpress’s list of the country.
advice-city = This is not in AliExpress’s list of the province.
advice-spelling = It is sent as AliExpress spells it.
guard-title = Limits of this order
guard-text = Nothing is ordered when one of them is exceeded. An empty one does not count. Orders are paid in USD.
guard-max-total = Highest total, USD
guard-max-total-help = Goods, delivery, taxes and import charges together.
guard-max-drift = Highest price rise, %
guard-max-drift-help = Above the expected price of each line.
guard-max-days = Most days of delivery
guard-min-margin = Lowest margin, %
guard-min-margin-help = Of what the goods were sold for.
guard-sale-price = Sold for, USD
guard-no-limit = No limit set
guard-passes = { $found }; the limit is { $limit }
guard-stops = { $found } stops the order; the limit is { $limit }
pay-title = Payment
pay-at-once = Ask AliExpress to pay at once (account and app must be allowed to)
check-button = Check the order
check-help = Asks AliExpress about goods, stock, delivery, address and prices. Orders nothing.
accept-button = Take over the proposed spellings and check
preview-title = What it would be
preview-recipient = Goes to
check-again = Check again
place-same = Send the same form again
preview-stock = { $count } left
line-instead-of = Sent in place of variant { $sku }, which AliExpress names no more, as was chosen under Changes.
preview-drift = { $drift } % against the expected price
preview-goods = Goods
preview-charges = Taxes and import charges, where not in the price
preview-freight = Delivery
preview-total = Total to pay
checks-title = Checks
check-connection = Connection
check-goods = Products and variants
check-goods-good = Still sold, to this country
check-goods-bad = Something is not sold any more
check-stock = Stock
check-stock-good = Enough of everything
check-stock-bad = Not enough
check-stock-unknown = AliExpress does not say how many are left
check-delivery = Delivery
check-delivery-good = Offered, without a time
check-delivery-days = { $days ->
    [one] Offered, { $days } day at most
   *[other] Offered, { $days } days at most
}
check-delivery-bad = Not offered as wanted
check-address = Address
check-address-good = As AliExpress wants it
check-address-advice = Accepted; there is advice beside the fields
check-address-bad = AliExpress would refuse it; see the fields
check-total = Total
check-total-unknown = A part of it is unknown
check-total-customs = { $total }. AliExpress names no taxes and charges for this destination; customs may ask for some on delivery.
place-button = Place the order
place-pays = AliExpress is asked to pay it at once.
place-does-not-pay = It is paid afterwards, on its page at AliExpress.
place-once = Pressing twice orders once.
trouble-product = Neither a product number nor the address of a product: { $found }
trouble-short-link = Only AliExpress knows where a short link leads. Open it and paste the address of the product’s page.
trouble-sku = Not the number of a variant: it stands on the product’s page, digits only.
trouble-quantity = Expected a number from 1 to 9999.
trouble-number = Not a number: { $found }. Write 12.50 or 12,50, without thousands separators.
trouble-days = Expected a whole number of days.
trouble-no-lines = Name at least one product.
trouble-drift-without-price = The limit of the price rise needs an expected price in each line.
trouble-margin-without-price = The lowest margin needs what the goods were sold for.
trouble-margin-range = Expected less than 100 %.
trouble-product-gone = AliExpress does not sell this product any more. Choose another.
trouble-not-sold = AliExpress does not sell this product to this country. Choose another product, or another country.
trouble-product-refused = AliExpress refuses to say anything about this product. Look at its page, or choose another.
trouble-delivery-refused = AliExpress refuses to deliver this product there. Choose another product, or another country.
trouble-sku-held = This variant is gone and waits for your choice of another. Choose it under Drift, then order again.
trouble-product-held = This product is held. Look at what has changed under Drift and list it again, then order.
trouble-promotion-limit = Fewer are sold at this price. Order fewer, or choose another variant.
trouble-charges-unknown = AliExpress names taxes or charges in another currency than the order is paid in, so the limits of total and margin cannot be kept. Choose another product, or leave these limits empty.
trouble-sku-gone = The product has no such variant any more. Look at it again and choose one.
trouble-out-of-stock = { $limit } are wanted, { $found } are left. Order fewer, or another variant.
trouble-price-unknown = AliExpress gave no price in USD, so the total is not known. Try again later.
trouble-delivery-not-offered = This delivery is not offered for this country and quantity. Choose another.
trouble-freight-unknown = AliExpress does not say what this delivery costs. Choose another.
trouble-no-delivery = Nothing is delivered to this country. Choose another product.
trouble-max-total = The order costs { $found }; at most { $limit } is allowed. Change the order or the limit.
trouble-drift = A piece costs { $found } instead of { $limit }: more than the limit above it. Change the order or the limit.
trouble-delivery-days = The delivery takes up to { $found } days; at most { $limit } are allowed. Choose another delivery, or change the limit.
trouble-min-margin = The margin is { $found } %; at least { $limit } % is asked for. Change the order or the limit.
intents-title = Orders placed from here
intents-heading = What became of them
intents-none = No order was placed from here yet.
intents-well = None of them waits for you.
intents-awaiting = { $count ->
    [one] One order waits for you to find out whether it exists.
   *[other] { $count } orders wait for you to find out whether they exist.
}
intents-awaiting-more = More than { $count } orders wait for you to find out whether they exist.
intents-empty-text = Place one with the button above, by the API or with smartlinks orders place.
intents-none-here = None of them is in this state
intent-wanted = Wanted
intent-more = { $count ->
    [one] and one more product
   *[other] and { $count } more products
}
intent-changed = Last change
intent-title = Order placed from here
back-to-intents = Orders placed from here
intent-placing = Being placed
intent-placed = Placed and paid
intent-unpaid = Created, not paid
intent-refused = Not ordered
intent-unknown = Being found out
intent-awaiting = Waits for you
intent-placing-next = It is being sent, or sent as soon as the trouble is over. Do not order it again.
intent-placed-next = The seller ships it next; it is followed here.
intent-unpaid-next = Pay it on its page at AliExpress, before AliExpress closes it.
intent-refused-next = Nothing was ordered. Mend the reason and place a new order.
intent-unknown-next = Whether an order exists is being found out under its own number. Do not order it again.
intent-awaiting-next = Only a person can tell whether an order exists. Look on the AliExpress website, then say it below.
intent-next-look = Next look { $when }.
intent-detail = The precise reason:
intent-orders = Orders at AliExpress
intent-our-number = Our number
intent-our-number-text = The only one that is ever sent for this order.
intent-sent = Sent
intent-sent-times = { $count ->
    [one] once
   *[other] { $count } times
}
intent-pays = AliExpress is asked to pay
intent-pays-by-hand = By hand, on its page at AliExpress
intent-written = Written
reason-payment-failed = AliExpress could not take the payment.
reason-payment-not-asked = Payment was not asked for.
reason-repeated = AliExpress says that this order was placed already, but not under which number.
reason-refused-after-unknown = AliExpress has refused it after a first sending without an answer.
reason-window-over = The day in which it could be asked for without risk is over.
reason-request-unreadable = What was to be sent cannot be read any more.
reason-account-changed = The connection has another account now.
reason-other-intent = The order that was found belongs to another one of this list.
reason-checks-failed = The checks before sending have stopped it.
reason-not-sent-in-time = It could not be sent in time.
reason-decided-not-placed = Somebody has found that there is no order.
reason-decided-placed = Somebody has found the order.
reason-matched = It was found among the known orders.
reason-dearer = It costs more now than the limits of the order allow.
reason-created-after-end = AliExpress named the order after it had been given up here.
reason-order-closed = AliExpress has closed or cancelled the order.
reason-paid = It was paid at AliExpress.
reason-partly-closed = It was paid, and AliExpress has closed or cancelled a part of it.
reason-no-stock = AliExpress could not reserve the stock.
decide-title = What became of it?
decide-text = Look at the orders of this account on the AliExpress website. Then say which of the two is true.
decide-exists = The order exists
decide-exists-means = It is read at AliExpress and has to be of this connection. Then it is followed like any other.
decide-may-be = { $id }: ordered after this was sent, with the same goods
decide-number = Order number; with several stores, one for each
decide-exists-button = It exists
decide-none = There is no order
decide-none-means = This one ends as not ordered, and you can place it anew. If an order exists after all, you pay twice.
decide-none-button = There is none…
not-placed-title = There is no order at AliExpress?
not-placed-ends = This order ends as not ordered; nothing is looked for any more.
not-placed-again = You can then place a new one.
not-placed-risk = If AliExpress has made the order after all, the customer gets the goods twice and you pay twice.
not-placed-candidates = Look at these first; they may be it: { $numbers }
not-placed-confirm = There is no order
not-placed-keep = Look again first
notice-order-decided = What became of the order is written down.
notice-order-sent-before = This form was sent before. This is what became of it.
action-order-this = Order
event-order-stuck = Order to look at
alert-unpaid = Nearly too late to pay
alert-unpaid-fix = AliExpress closes an order that is not paid in time. Open it and pay it, or let it go.
alert-not-shipped = Paid, not shipped
alert-not-shipped-fix = The seller takes longer than usual. Write to the seller on the order’s page, or cancel it there.
alert-no-movement = Nothing heard of the parcel
alert-no-movement-fix = The carrier has reported nothing for days. Look at the tracking; on the order’s page a dispute can be opened while its protection lasts.
attention-orders = { $count ->
    [one] One order:
   *[other] { $count } orders:
}
orders-answer-alerts = { $count ->
    [one] One order stands still and wants a look.
   *[other] { $count } orders stand still and want a look.
}
orders-search-label = Find by order number, our number or parcel number
orders-not-found = No known order has this number
orders-not-found-text = Enter the whole number. An order that is not known here can be added above.

deed-market-chosen = Market chosen
deed-market-forgotten = Market forgotten

batch-title = Orders from a file
batch-answer-start = Choose a file or paste it; it is looked at first, and nothing is ordered.
batch-answer-unreadable = { $count ->
    [one] One thing cannot be read. Nothing of the file was ordered.
   *[other] { $count } things cannot be read. Nothing of the file was ordered.
}
batch-answer-ready = { $count ->
    [one] One order can be read. Nothing is ordered yet.
   *[other] { $count } orders can be read. Nothing is ordered yet.
}
batch-answer-going = { $done } of { $count } lines are done.
batch-answer-stopped = Stopped at a line that was not ordered; { $done } of { $count } lines are done.
batch-answer-done = Every line of the file is done.
batch-progress-title = How far it has come
batch-done-of = { $done } of { $count }
batch-line = Line of the file
batch-order = Order the next lines, from line { $line } on
batch-once = Each line is ordered once, also when you mend the file and send it again: that is how a batch goes on that was broken off.
batch-mend = Mend lines here, or choose the mended file, and look at it again. What is ordered already is not ordered a second time.
batch-earlier = Ordered already, { $when }; not ordered again.
batch-otherwise = The same variant was ordered for this recipient { $when }, and something of that order is another one. It is not ordered again.
batch-answer-changed = Something was changed since you looked. Nothing more was ordered; look again.
batch-file-title = The file
batch-file = CSV with a header; each line is one order
batch-file-help = Separated by commas, semicolons or tabs; amounts in USD. Needed are product, sku, quantity, country, contact_person, address, city and province. For example:
batch-go-on = Go on when a line cannot be ordered
batch-look = Look at the file

## Why what was entered cannot be used
wrong-short-link = { $a } only sends on to a product. Open it in a browser and take the address it leads to.
wrong-other-page = { $a } is a page of AliExpress, but not that of a product.
wrong-product = { $a } is neither a product number nor the address of a product.
wrong-variant = { $a } is not the number of a variant.
wrong-empty = It is empty.
wrong-long = It is longer than { $a } characters.
wrong-control = It holds a line break or another character that cannot be printed.
wrong-comma = { $a } has a comma, which stands between labels.
wrong-labels = { $a } labels are too many: a product has at most { $b }.
wrong-currency = { $a } is not a currency. Write three letters, such as EUR.
wrong-currency-code = Write a currency in three letters, such as EUR.
wrong-same-currency = Both are the same currency.
wrong-rate = { $a } is not a rate. Write a number above 0, up to { $b }, with at most { $c } decimals.
wrong-rule-margin = Write 0 to 95 per cent of the price.
wrong-rounding = The distance between two prices has to be above zero, and their ending below it.
wrong-steps = A rule needs 1 to 50 steps.
wrong-percent = Write 0 to 10,000 per cent, with at most 4 decimals.
wrong-rising = The ends of the steps have to rise, and the last step has none.
wrong-amount = Write an amount from 0 to 1,000,000,000, with at most { $a } decimals.
wrong-money = Write an amount from 0 to 1,000,000,000.
wrong-missing = Something is missing: { $a }.
wrong-rule-name = Another rule is called { $a }.
wrong-many-rules = There are { $a } rules already. Delete one that is not used.
wrong-rule-used = Products have the rule { $a } as their own: { $b }. Give them another one first.
wrong-applied = It was put in force before. Make a new dry run.
wrong-overtaken = Somebody else changes it at this moment. Look at it again.
wrong-feed-empty = It holds no product for this destination at the moment.
wrong-feed = There is no feed { $a }.
wrong-feed-name = Choose a feed.
wrong-between = { $a } is not between { $b } and { $c }.
wrong-whole = { $a } is not a whole number.
wrong-encoding = It holds characters that are not UTF-8. Save the file as “CSV UTF-8”.
wrong-file-large = The file is larger than { $a } KiB. Make several files of it.
wrong-column-twice = This column stands twice.
wrong-column-missing = This column is missing.
wrong-column = { $a } is not a column of this file.
wrong-cells = It has { $a } cells, and the header has { $b }. A cell with a separator in it needs quotes.
wrong-twice = Line { $a } names this product already.
wrong-many-products = { $a } products are too many: { $b } are the most.
wrong-many-orders = { $a } orders are too many: { $b } are the most.
wrong-no-product = No product is named.
wrong-no-order = No order stands below the header.
wrong-no-rule = There is no price rule { $a }.
wrong-quantity = { $a } is no whole number from 1 to 9999.
wrong-quantity-range = Write a whole number from 1 to 9999.
wrong-yes-no = { $a } is neither yes nor no.
wrong-days = { $a } is no whole number of days.
wrong-number = { $a } is not a number here. Write 12.50 or 12,50, without currency and thousands separators.
wrong-country = Write the country in two capital letters, such as FR.
wrong-address-long = { $a } has more than { $b } characters, or one that cannot be printed.
wrong-memo = Write 256 characters at most, and none that cannot be printed.
wrong-drift = Write 0 or more per cent.
wrong-drift-price = Each line needs an expected_price to be compared with.
wrong-margin = Write 0 per cent or more, and less than 100.
wrong-margin-price = The lowest margin needs what the goods were sold for.
wrong-threshold = { $a } is not a number from 0 to 10,000.
wrong-many-variants = It has more than { $a } variants or products. Take a part of it, for example by a label.
wrong-other-intent = This order came of another wish.
wrong-order-numbers = Write the number of the order, or one for each store.
wrong-order-number = { $a } is not an AliExpress order number: those have about 16 digits.
wrong-decimal = Not a number. Write digits with a point for the decimals, such as 12.50.
wrong-spoilt = A spreadsheet has shortened it: give the column the format “text” and enter it again.
wrong-step = Step { $number }
