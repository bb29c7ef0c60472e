# Every word the app shows, in English. fr.ftl has the same keys with the same arguments; the build fails
# where the two don't agree, with the line. Both are checked and compiled by build.rs.
#
# To add a text:
#   1. Write `some-key = text` here, below its heading, and its French in fr.ftl.
#   2. Show it with `t!(some_key)`, or with `t!(some_key, &name, count)` if it has arguments, in the order in which
#      they first appear here. `Messages` in src/messages.rs has a method for each key, with its arguments' types.
#      A key that is a word of Rust has a `_` behind its method: `move_`.
#
# Keys: one word or a few for what is used everywhere (`undo`), else the page or part first (`sync-saving`).
#
# What a text can hold:
#   { $name }                                  a text: `name: &str`
#   { NUMBER($count) }                         a whole number, written as the language writes it: `count: i64`
#   { $count -> [0] none [one] 1 thing *[other] { NUMBER($count) } things }
#                                              one text out of several; [one] is 1 here, 0 and 1 in French
#   { "{" }  { "\u00A0" }                      a sign as it is, also one that nobody sees
# A text may go on below, indented; each of its lines but the first is a line of the text.
# Plain ' and spaces do: apostrophes are curved and, in French, spaces before : ; ! ? % narrowed by the build.

## Frame: where one can go

places = Main
nav-board = Board
nav-deployments = Deployments
nav-vault = Vault
nav-environments = Environments
nav-schedule = Schedule
nav-metrics = Metrics
nav-needs-you = Needs you
nav-settings = Settings
nav-now = Now
nav-more = More
skip-to-content = Skip to the content
# Read out for the badge at "Needs you".
nav-waiting-for-you = { $count ->
    [0] Nothing waits for you
    [one] 1 thing waits for you
   *[other] { NUMBER($count) } things wait for you
}

## Sync: the indicator's words, as short as they can be

sync-synced = Synced
sync-saving = Saving · { NUMBER($count) }
sync-offline = Offline
sync-offline-waiting = Offline · { NUMBER($count) } waiting
sync-needs-you = Needs you · { NUMBER($count) }
sync-connecting = Connecting…

## Buttons that many pages have

button-save = Save
button-cancel = Cancel
button-close = Close
button-undo = Undo
button-edit = Edit
button-add = Add
button-remove = Remove
button-delete = Delete
button-copy = Copy
button-copied = Copied
button-retry = Try again
button-discard = Discard
button-back = Back
button-next = Next
button-continue = Continue
button-open = Open
button-search = Search
button-show-more = Show more
button-show-less = Show less
button-new-deployment = New deployment
button-sign-in = Sign in
button-sign-out = Sign out

## Frame

board = Board
deployments = Deployments
needs-you = Needs you
settings = Settings
new-deployment = New deployment
new-short = New
nowhere = Nothing at this address
nowhere-what = The link may be old, or a sign of it got lost.
go-to-board = Go to the board
back-to = Back to { $place }
you-are-here = You are here
your-settings = – settings
search-deployments = Search deployments
loading = Slipway is starting
reload = Reload
later = Later
undo = Undo
dismiss = Dismiss
optional = (optional)
someone = Someone
try-again = Try again
and-more = and { NUMBER($count) } more
update-ready = A newer version is here
update-ready-what = Nothing you typed is lost
undo-done = Taken back: { $what }
undo-nothing = There is nothing to take back
undo-all-the-same = Take it back all the same?
undo-changed = { $who } changed this since. Take yours back all the same? ({ $what })
undo-take-back = Take it back
undo-leave = Leave it

## This device: what a person must know before anything else

memory-only = Nothing is kept on this device
memory-only-what = The browser gives no storage, so what the server doesn't have yet is gone with this tab.
memory-only-still = The browser still gives no storage.
restored = The server was restored to an earlier state
restored-to = The server was restored to an earlier state ({ $time })
restored-again = { $count -> [0] None of your changes had to be sent again. [one] 1 of your changes was sent again. *[other] { NUMBER($count) } of your changes were sent again. }
restored-asked = { $count -> [one] 1 needs you. *[other] { NUMBER($count) } need you. }
restored-lost = { $count -> [one] 1 change of somebody else is known only here until their browser brings it back. *[other] { NUMBER($count) } changes of others are known only here until their browsers bring them back. }
elsewhere = { $count -> [one] 1 change waits on this device in another workspace *[other] { NUMBER($count) } changes wait on this device in other workspaces }
elsewhere-what = What was done there and not sent stays here. It is sent once you open that workspace with a connection.
open-workspace = Open { $name }
save-elsewhere = Save as a file
button-dismiss = Dismiss
opaque = Update the app to see everything
opaque-what = Somebody works with a newer version, and this one does not understand all of it. What you do here is kept and sent as usual.
waits-for-server = Waiting for a server update
waits-for-server-what = The server does not know yet what you did. It is kept here and sent once the server was updated; what came after it waits too.
waits-long = Changes have waited on this device for more than a day
waits-long-what = The browser has not promised to keep them. Connect to the server, or save them as a file.
clock-off = The clock of this device is wrong: { $how }
clock-off-what = Your changes are dated by the server's clock, so nothing goes wrong; but dates you read and write here are off.
outdated = This version is too old for the server
outdated-what = Your work is kept here, and is sent after reloading.
save-unsent = Save unsent changes as a file
unreachable = No copy here yet, and the server doesn't answer
unreachable-what = Once this device has been in touch with the server, everything works without it too.

## Sync: the panel

sync = Sync
sync-connecting-what = What you do is saved on this device meanwhile.
sync-synced-long = Everything is confirmed
sync-synced-what = The server has all your changes, and you have all of its.
sync-saving-long = { $count -> [one] 1 change is on its way *[other] { NUMBER($count) } changes are on their way }
sync-saving-what = Saved on this device; the server confirms them in a moment.
sync-offline-long = The server doesn't answer
sync-offline-waiting-long = { $count -> [one] Offline, 1 change waits on this device *[other] Offline, { NUMBER($count) } changes wait on this device }
sync-offline-what = Everything works here. It is sent by itself when the server is back.
sync-needs-you-what = The server declined something. The reason and what to do are in Needs you.
waiting = Waiting
waiting-answered = Confirmed any moment
waiting-saved = Saved on this device
waiting-unsaved = In this tab only, being saved
waiting-in-other-tab = In another tab, being saved
waiting-sent = Sent, waiting for the answer
waiting-needs-server = Held: needs a newer server
waiting-needs-app = Held: needs a newer app
waiting-refused = It would be refused now: { $why }
waiting-since = Waiting since
sent-of = { NUMBER($sent) } of { NUMBER($count) } sent
open-needs-you = Open Needs you
talks-with = Talks with
this-tab-leads = { $server }, in this tab
other-tab-leads = { $server }, in another tab
last-in-step = Last in step
never = Never
kept = Kept
kept-in-memory = in this tab only
kept-promised = on this device, promised
kept-evictable = on this device, may be deleted
kept-on-device = on this device
storage-used = Storage used
clock = Clock of this device
clock-ahead = { $minutes -> [one] 1 minute ahead *[other] { NUMBER($minutes) } minutes ahead }
clock-behind = { $minutes -> [one] 1 minute behind *[other] { NUMBER($minutes) } minutes behind }
server-says = The server says
server-full = It has no room left. What you did waits here until it has.
server-busy = It is busy. It is asked again by itself.
server-failed = It failed to save. What you did waits here and is sent again.
server-other = It did not take the last request. What you did waits here.
try-now = Try now
ask-to-keep = Ask the browser to keep it
unsent = Changes not sent yet
only-here = only here yet

## Needs you

needs-nothing = Nothing waits for you
needs-nothing-what = What the server declines comes back here, with the reason and what you can do.
still-wanted = Still want this? { $what }
button-ask-again = Ask again
button-no-longer = No longer
button-reopen-and-apply = Put it back and apply
what-you-wrote = What you wrote
what-you-did = { $count -> [one] 1 change *[other] All { NUMBER($count) } changes }
discarded = { $count -> [one] 1 change discarded *[other] { NUMBER($count) } changes discarded }
save-all = Save all of it as a file
two-versions = 2 versions
own-conflict = Your version of { $what } of { $name } lost against a newer one
lost = Known here, missing on the server
lost-what = The server was restored to a state before this. It comes back by itself when the browsers of these people connect; what stays here has to be done again.
lost-judged = Said whether { $what } may be rolled out
lost-unknown = something this version doesn't know
save-lost = Save as a file
unreadable = { $count -> [one] 1 change of this device can't be read *[other] { NUMBER($count) } changes of this device can't be read }
unreadable-what = The storage of this device was damaged. What came after it waits until you have looked; save it as a file before you discard it.
save-unreadable = Save as a file
declined = Declined: { $what }

## Settings

this-device = This device
language = Language
language-what = Dates and numbers follow it
theme = Theme
theme-system = As the system
theme-light = Light
theme-dark = Dark
density = Density
density-compact = Compact
density-comfortable = Comfortable
single-keys = Single-key shortcuts
single-keys-what = Turn them off if you dictate, or if keys are pressed by accident
offline-here = Without a network
sync-setting-what = What waits, since when, and how it is kept
storage-promised = The browser promised to keep the data of this app
storage-promised-what = It is deleted only when you delete it.
storage-evictable = The browser may delete the data of this app
storage-evictable-what = When space runs out, or after weeks without a visit. Nothing the server has confirmed is lost by that.
install = Install the app
install-what = Its own window and icon; browsers keep the data of installed apps longer
install-button = Install…
about = Slipway { $version }

## Keys

keys = Keyboard
keys-search = Search
keys-search-anywhere = Search, from anywhere
keys-new = New deployment
keys-board = Go to the board
keys-deployments = Go to deployments
keys-needs-you = Go to Needs you
keys-cards = From card to card
keys-open = Open
keys-move = Move the card
keys-menu = Menu of the card
keys-tick = Tick the check
keys-edit = Edit the title
keys-undo = Undo
keys-back = Back
keys-sheet = This sheet

## Board

list = List
board-or-list = Board or list
columns = Columns
in-flight = { NUMBER($count) } in flight
found-on-board = { $count -> [0] Nothing found [one] 1 found *[other] { NUMBER($count) } found }
show-service = Service shown
all-services = All services
show-all = Show all
cards-count = { $count -> [0] no deployments [one] 1 deployment *[other] { NUMBER($count) } deployments }
median-age = median { $age }
age-now = now
age-minutes = { NUMBER($count) } min
age-hours = { NUMBER($count) } h
age-days = { NUMBER($count) } d
column-queue-empty = Built and tested, waiting for their first rollout.
column-environment-empty = A card comes here with its rollout to { $environment }.
column-production-empty = Being rolled out to { $environment }, or just done.
column-approval-empty = Verified, waiting for the go.
column-monitoring-empty = Live, and watched until they are finished.
card-menu = Actions for this card
card-rolling-out = Rolling out to { $environment }
card-failed = { $environment } failed
card-rolled-back = Rolled back in { $environment }
card-checks-failed = { $count -> [one] 1 check failed *[other] { NUMBER($count) } checks failed }
checks-done = { NUMBER($done) } of { NUMBER($all) } checks done
in-column-for = In this column for { $age }
move-to = Move to
move-to-top = To the top
move-to-bottom = To the bottom
records-rollout = Records or asks for a rollout to { $environment }
drop-records = Drop here to record a rollout to { $environment }, or to ask for one
moved = Moved { $what } to { $column }
moving = Moving { $what }
moving-column = column
moving-place = place
moving-drop = put down
moving-cancel = put back
move-begun = Move mode. Arrow keys choose the column and the place, Enter puts the card down, Escape puts it back.
move-cancelled = Put back where it was
move-spot = { $column }, place { NUMBER($place) } of { NUMBER($count) }
finish = Finish
finish-what = Takes it off the board; it stays in the list
finished = Finished { $what }
open-as-page = Open as a page

## Rollouts

not-rolled-out = not rolled out
phase-started = Rolling out
phase-succeeded = Succeeded
phase-failed = Failed
phase-rolled-back = Rolled back
record-title = { $what } in { $environment }
record-what = Record what is happening or has happened. The card follows by itself.
record-how = How is it going?
record-started = It has started
record-started-what = The rollout is running now
record-succeeded = It succeeded
record-succeeded-what = The version is there and works
record-failed = It failed
record-failed-what = It went wrong on the way, or right after
record-rolled-back = It was rolled back
record-rolled-back-what = The version before is there again
record-when = When
record-when-default = (now, if left empty)
record-note = Note
record-button-started = Record the start
record-button-succeeded = Record the success
record-button-failed = Record the failure
record-button-rolled-back = Record the rollback
record-outcome = Record the outcome
record-change = Record what followed
record-rollout = Record a rollout
request-rollout = Ask for the rollout
request-rollout-what = It starts when the server grants it: the gate has to be open
requested = Requested
requested-in = Requested: { $environment }
outside-gate = Deployed outside the gate
gate-open = Gate before { $environment }: open
gate-closed = Gate before { $environment }: closed
approved = Approved
declined-word = Declined
approve = Approve
decline = Decline
decision-note = Note; the reason, to decline
approval-requested = Approval requested, waiting for the server
decline-requested = Decline requested, waiting for the server
lapse-stale = stale: changed since
lapse-not-approver = does not count: no approver any more
lapse-own-work = does not count: opened it
took = took { $time }

## Deployment

deployment = Deployment
sealed = This deployment was closed more than 30 days ago.
sealed-what = Its details are on the server.
sealed-read = These details come from the server. To change them, put it back on the board.
show-details = Show details
details-offline = The details are on the server, and it doesn't answer now. What you see here is kept on this device; try again when the server is back.
details-failed = The server does not have these details as they were put away. Nothing changed; tell who runs it.
unknown-deployment = Unknown deployment
unknown-deployment-what = It is not on this device. It may have been made elsewhere and not arrived yet.
opened-by = opened by { $name }
title = Title
edit-title = Edit the title
title-edited = Title changed
label = Label
add-label = Add a label
new-label = New label…
label-added = label added
label-removed = Label { $label } taken off
remove-label = Take { $label } off
stages = Stages
mark-stage = Mark { $stage }
stage-marked = { $stage }: { $state }
stage-build = Build
stage-test = Test
stage-stage = Stage
stage-verify = Verify
stage-approve = Approve
stage-deploy = Deploy
stage-monitor = Monitor
stage-none = No stage has begun
stage-not-started = not started
stage-running = running
stage-passed = passed
stage-failed = failed
stage-skipped = skipped
more-actions = More actions
copy-markdown = Copy as Markdown
copied-markdown = Copied as Markdown
copy-failed = The browser did not let us copy. Download the file instead.
download-markdown = Download as .md
print = Print…
reopen = Put back on the board
reopened = { $what } is back on the board
facts = Facts
column = Column
service = Service
off-the-board = Finished
moved-by = Moved by
environments = Environments
changes = Changes
add-change = Add a change
add-change-hint = Add a change: 9f1c2a7 Keep keys for 30 days
add-check = Add a check
check-menu = Answer in another way
check-changed = check “{ $check }”
check-done = done
check-failed = failed
check-not-applicable = not applicable
check-reopened = reopened
check-mark-done = Done
check-mark-failed = Failed
check-mark-not-applicable = Not applicable
check-mark-open = Open again
add-evidence = Add evidence…
evidence = Evidence
evidence-hint = A link or a note that shows it
text = Text
edit-text = Edit the text
text-edited = Text changed
write-rollback-plan = Write the rollback plan
markdown-works = Markdown works here
conflict = { $name } changed { $what } apart from the newer edit
conflict-title = the title
conflict-version = the version
conflict-text = a text
conflict-take = Use this one
conflict-keep = Keep the newer one
conflict-both = Yours: “{ $lost }”. There now: “{ $now }”.
conflict-taken = Taken over
timeline = Timeline
happened-opened = opened the deployment
happened-entered = moved it to { $column }
happened-ticked = ticked { $check }
happened-reopened-check = reopened { $check }
happened-failed-check = marked as failed: { $check }
happened-not-applicable = marked as not applicable: { $check }
happened-marked = marked { $stage } as { $state }
happened-reported = reported { $environment }: { $phase }
happened-finished = finished it

## The list of deployments

version = Version
where-it-is = Where
checks = Checks
opened = Opened
which = Which deployments
which-all = All
which-open = Open
which-finished = Finished
deployments-count = { $count -> [0] No deployments [one] 1 deployment *[other] { NUMBER($count) } deployments }
no-deployments = No deployments yet
no-deployments-what = A deployment is one release of one service on its way to production. It begins with a checklist from the template. Releases of the past can be brought in from the tags of a repository with: slipway import git-tags --repo PATH --service NAME
none-found = Nothing found
none-found-what = Every word has to be in the version, the title or the service.

## New deployment

create-deployment = Create deployment
deployment-opened = Opened { $what }
draft-restored = Your draft was kept.
start-over = Start over
draft-kept = Kept on this device while you write
version-missing = A deployment needs a version.
version-latest = The latest is { $version }
version-hint = As it is called where it is built
title-hint = What changes for the people who use it
service-name = Name of the service
pick-service = Pick a service
add-service = Add a service…
service-missing = Which service is it?
document = Document
markdown = Markdown
preview = Preview
open-markdown = Open a .md file
document-summary = { $sections -> [one] 1 section *[other] { NUMBER($sections) } sections }, { $checks -> [one] 1 check *[other] { NUMBER($checks) } checks }
text-too-long = Too long to be read: one deployment at a time.
text-unreadable = There is nothing to read yet.
warning-front-matter = Line { NUMBER($line) }: { NUMBER($lines) } lines of front matter were left out
warning-above-sections = Line { NUMBER($line) }: what stands above the first section is kept in a section of its own
warning-second-deployment = Line { NUMBER($line) }: a second deployment begins here, and is kept as sections of the first
warning-stray-text = Line { NUMBER($line) }: this text among the items is kept below the list
warning-flattened = Line { NUMBER($line) }: an item below another is kept as one of the same list
warning-unknown-mark = Line { NUMBER($line) }: [{ $mark }] is no mark we know, and is kept as text
warning-unreadable-time = Line { NUMBER($line) }: this time can't be read, and is kept as text
warning-fence = Line { NUMBER($line) }: this block is never closed, and is kept as text

## What was asked for, in a list or with Undo

command-nothing = Nothing (taken back)
command-create-workspace = Set up { $name }
command-rename-workspace = Call the workspace { $name }
command-add-member = Add a person
command-set-role = Change what a person may do
command-remove-member = Take a person out of the workspace
command-add-service = Add the service { $name }
command-create-label = Add the label { $name }
command-open = Open { $what }
command-move = Move { $what } to { $column }
command-edit-title = Edit the title of { $what }
command-edit-version = Edit the version of { $what }
command-edit-text = Edit a text of { $what }
command-add-check = Add “{ $check }” to { $what }
command-check-open = Reopen “{ $check }” on { $what }
command-check-done = Tick “{ $check }” on { $what }
command-check-failed = Mark “{ $check }” as failed on { $what }
command-check-not-applicable = Mark “{ $check }” as not applicable on { $what }
command-attach-changes = { $count -> [one] Add a change *[other] Add { NUMBER($count) } changes } to { $what }
command-mark-stage = Mark { $stage } as { $state } on { $what }
command-add-label = Put { $label } on { $what }
command-remove-label = Take { $label } off { $what }
command-settle = Keep the newer version of { $what }
command-finish = Finish { $what }
command-reopen = Put { $what } back on the board
command-seal = Leave the details of { $what } to the server
command-unseal = Bring back the details of { $what }
command-approve = Approve for { $environment }: { $what }
command-decline = Decline for { $environment }: { $what }
command-rollout-started = { $environment } started: { $what }
command-rollout-succeeded = { $environment } succeeded: { $what }
command-rollout-failed = { $environment } failed: { $what }
command-rollout-rolled-back = { $environment } rolled back: { $what }
command-request-rollout = Ask for the rollout to { $environment }: { $what }

## Why something can't be done: what happened, what was kept, what you can do

rejected-workspace-exists = The workspace was set up already. Nothing changed; use the one that is there.
rejected-id-taken = This is there already. Nothing changed; look at what is there.
rejected-name-taken = There is a { $name } already. Nothing changed; choose another name.
rejected-text-missing = The { $field } is empty. Nothing changed; write something.
rejected-text-too-long = The { $field } is too long. Nothing changed; keep it under { NUMBER($limit) } signs.
rejected-text-has-lines = The { $field } has to be one line. Nothing changed; join the lines.
rejected-too-many = { NUMBER($count) } at once are too many. Nothing changed; { NUMBER($limit) } is the most.
rejected-out-of-range = A time or a number is outside what it can be. Nothing changed; look at it again.
rejected-unknown-part = What it is about is not here any more. What you did is kept; look at the deployment as it is now.
rejected-unknown-deployment = The deployment is not known on the server. What you did is kept; try again later.
rejected-column-changed = It was moved to { $column } meanwhile. Your move was not made; move it again if you still want it.
moved-since = It was moved to { $then } meanwhile. You have moved it since: it is in { $now }, and nothing is left to do.
moved-there-anyway = It was moved to { $then } meanwhile. It is in { $now } all the same, and nothing is left to do.
rejected-rollout-needed = It was not rolled out to { $environment } yet. It stays where it is; record the rollout, and it follows.
rejected-stage-changed = { $stage } is { $state } meanwhile. Nothing changed; mark it again if it is wrong.
rejected-stage-follows = { $stage } follows the rollouts. Nothing changed; record a rollout instead.
rejected-finished = It is finished. Nothing changed; put it back on the board first.
rejected-sealed = It was closed more than 30 days ago, and its details are on the server. What you did is kept here; put it back on the board first.
rejected-detail-mismatch = These are not the details that were put away. Nothing changed; try again.
rejected-gate-closed = Before { $environment }, this is missing: { $missing }. Nothing was started. Fix it and ask again, or record the rollout if it happened.
missing-check-open = “{ $check }” is open
missing-check-failed = “{ $check }” failed
missing-approval = an approval of what it is now
missing-declined = an approver declined it
rejected-rollout-running = { $what } is being rolled out to { $environment } already. Nothing else was started; ask again when that is over.
rejected-version-changed = The version is { $version } meanwhile. Nothing was started; look at it and ask again.
rejected-stale-approval = It has changed since you looked at it. Your decision does not count; review it again.
review-changed = What has changed since:
review-unknown = What it was then is not known on this device any more. Look at what it is now.
review-version = the version: it was { $was }, it is { $is }
review-added = new: “{ $check }”
review-gone = gone: “{ $check }”
review-approve = Approve it as it is now
review-decline = Decline it as it is now
button-review = Review again
rejected-not-approver = Your role does not decide on approvals. Nothing was decided; ask an approver.
rejected-own-work = You opened it, so somebody else has to approve it. Nothing was decided; ask another approver.
rejected-not-member = You are not in this workspace, or not any more. Nothing changed there, and what you did is kept here; ask an admin to let you in.
rejected-read-only = Your role is to read. Nothing changed; ask an admin for another role.
rejected-not-admin = Only admins can do this. Nothing changed; ask one.
rejected-last-admin = The workspace needs an admin. Nothing changed; make somebody else one first.
rejected-unknown-command = The server does not know this yet. What you did is kept; try again after it was updated.
rejected-malformed-command = The server could not read this. What you did is kept; reload and try again.
rejected-internal = The server failed on this. What you did is kept; try again, or tell who runs it.
rejected-request-too-old = This request waited for more than 15 minutes, so it was not sent by itself. Do you still want this?
rejected-timeline-changed = The server was restored to a state before this request. Do you still want this?
rejected-access-removed = It was not submitted: your access was removed. Nothing of it happened; save it as a file, or discard it.
rejected-unexplained = The server refused this, for a reason this version of the app doesn't know. What you did is kept here.
field-name = name
field-repository = repository
field-version = version
field-title = title
field-heading = heading
field-section-text = text
field-check = check
field-verify = way to verify
field-evidence = evidence
field-summary = summary
field-commit = commit
field-author = author
field-link = link
field-note = note
field-reason = reason

## Signing in, the first visit, invitations

sign-in = Sign in
sign-in-back = Go on without signing in
sign-in-no-account = No account? Ask an admin of the workspace for an invitation. Forgot the password? Whoever runs the server can give you a new one.
sign-in-waiting = { $count -> [one] 1 change waits *[other] { NUMBER($count) } changes wait } on this device. Nothing is lost: what you did is sent when you sign in.
signed-out = { $count -> [0] You are signed out [one] Sign in to send 1 change *[other] Sign in to send { NUMBER($count) } changes }
signed-out-what = The server wants to know who you are. You can go on working: everything is kept on this device and sent when you sign in.
login = Sign-in name
login-hint = An e-mail address or any other text without spaces.
login-is = You sign in as { $login }.
password = Password
password-hint = { NUMBER($least) } to { NUMBER($most) } characters. Several words are fine; a password that many people use is not.
password-again = Password again
password-differs = This is not the same password. Type it again.
show-password = Show what I type
code = Code
code-hint = Six digits from your authenticator app, or a recovery code.
shared-computer = Others use this computer
shared-computer-what = The session ends after twelve hours, and signing out leaves nothing here.
your-name = Your name
your-name-hint = As others see it.
setup = First visit
setup-what = You become the owner of this server's first workspace. Others come in by invitation.
setup-token = Setup token
setup-token-hint = The server printed it when it started; it is also in the file setup-token of its data directory.
setup-button = Set up the workspace
setup-done = This server was set up already. Nothing is to be done here.
workspace-name = Name of the workspace
workspace-name-hint = Your team or company. You see it at the top of every page.
begin-with = Begin with
begin-empty = An empty board
begin-sample = A sample: services and deployments to try things out with
switch-workspace = Switch workspace
new-workspace = New workspace
new-workspace-what = For another team or product: a board, people and roles of its own. You are its first member and admin.
new-workspace-button = Create workspace
workspace-open = Open now
workspace-left = A workspace you left
workspace-unsent = { $count -> [one] 1 change is not sent *[other] { NUMBER($count) } changes are not sent }
workspace-needs-connection = Needs a connection
workspace-needs-connection-what = This workspace is not on this device yet, and the server can't be reached. Nothing changed; try again when you are online.
workspace-not-saved = What you did here is not stored on this device, and would be gone. Save it as a file or wait until it is sent, then switch.
workspace-rename = Rename the workspace
workspace-renamed = The workspace is called { $name }
settings-workspace = Workspace
invitation = Invitation
invitation-to = Join { $workspace }
invitation-by = { $name } invites you as { $role }.
invitation-ends = The invitation can be accepted until { $time }.
invitation-join = Join
invitation-join-as = Join as { $name }
invitation-signed-in = You are signed in as { $name } ({ $login }).
invitation-known = I have an account here
invitation-new = I have no account here yet
invitation-other = Use another account
removed = Your access was removed
removed-what = You are no member of this workspace any more, so it was deleted from this device. Ask an admin if that is a mistake.
removed-left = Not submitted: access removed ({ NUMBER($count) })
no-workspace = You are in no workspace
no-workspace-what = You are signed in, and a member of no workspace on this server. Ask an admin for an invitation and open its link here.
of-others = { $count -> [one] 1 change *[other] { NUMBER($count) } changes } of somebody else who used this browser wait here. They are sent when that person signs in again.
account-unreachable = The server can't be reached, and this needs it. Nothing changed; try again when you are online.
account-unreadable = The server's answer can't be read. Reload the page and look whether it was done.
account-no-answer = Not to be seen now
account-wrong-password = The name or the password is not right. Nothing changed; try again.
account-wrong-code = The code is not right, or was used before. Wait for the next one, or use a recovery code.
account-code-needed = The password is right. The code of your second factor is needed as well.
account-sign-in-needed = Nobody is signed in any more. What you did is kept; sign in, then do this again.
account-not-confirmed = Your password was not given. Nothing changed; do it again to be asked once more.
account-forbidden = You may not do this. Nothing changed; ask an admin.
account-setup-needed = This server waits for its first visit. Open the link that it printed when it started.
account-token-gone = This link is not known, was used, or is too old. Nothing changed; ask for a new one.
account-login-taken = Somebody signs in with this name already. Take another one, or sign in first if it is you.
account-unacceptable = This can't be taken: it is too short, too long, or a password that many use. Nothing changed; choose another.
account-too-many-tries = Too many tries. Nothing was tried this time; wait a minute, then try again.
account-not-found = It is not there any more. Nothing changed; look at the list again.
account-failed = The server could not do this. Nothing changed, as far as is known; try again in a while.
account-text-missing = This is needed. Fill it in.
account-text-too-long = Too long: { NUMBER($most) } characters at most.
account-login-spaces = There are spaces in it. Take them out.
account-password-short = Too short: at least { NUMBER($least) } characters.
account-password-long = Too long: { NUMBER($most) } characters at most.
confirm-title = Give your password again
confirm-what = What you asked for matters, and some time has passed since you signed in. It goes on by itself then.

## Settings: you, devices, people, tokens

settings-you = You
settings-devices = Devices
settings-people = People
settings-tokens = API tokens
button-done = Done
button-rename = Rename
password-change = Change password
password-change-what = Every other device is signed out then.
password-present = Present password
password-next = New password
password-changed = Password changed. Your other devices are signed out.
second-factor = Second factor
second-factor-on = Signing in asks for a code. { $count -> [0] No recovery code is left: set it up anew. [one] 1 recovery code is left. *[other] { NUMBER($count) } recovery codes are left. }
second-factor-off = Signing in asks for nothing but the password.
second-factor-set-up = Set up
second-factor-what = Add this to your authenticator app, then type the code it shows. Nothing changes before that.
second-factor-secret = Secret
second-factor-secret-hint = To type or paste into the app.
second-factor-open = Open in an app on this device
second-factor-code-hint = Six digits, as the app shows them now.
second-factor-turn-on = Turn on
second-factor-turn-off = Turn off
second-factor-turned-off = Signing in asks for the password alone now.
recovery-codes = Recovery codes
recovery-codes-what = Each stands in for a code once. They are not shown again: keep them where you find them without your phone.
save-codes = Save as a file
last-used = Last used
never-used = Never used
ends = until { $time }
device-name = Name of the device
device-shared = others use it
device-ended = Signed out there.
devices-end-others = Sign out all others
sign-out-what = Signing out deletes your workspaces from this device. What was not sent stays for you.
sign-out-title = Sign out with changes that were not sent?
sign-out-sent = Everything was sent meanwhile.
sign-out-kept = { $count -> [one] 1 change was *[other] { NUMBER($count) } changes were } not sent yet. They stay on this device, nobody else sees them, and they are sent when you sign in here again.
sign-out-shared = { $count -> [one] 1 change was *[other] { NUMBER($count) } changes were } not sent yet, and nothing can stay on this computer. Wait until they are sent, or save them as a file first.
sign-out-stay = Stay signed in
role = Role
role-viewer = Viewer
role-member = Member
role-approver = Approver
role-admin = Admin
role-viewer-what = Reads everything, changes nothing.
role-member-what = Works on deployments.
role-approver-what = Also decides on approvals.
role-admin-what = Also changes the workspace and who is in it.
role-of = Role of { $name }
role-changed = { $name } is now: { $role }
people-for-admins = Admins change roles and invite people.
you = you
invitations = Invitations
invitations-none = Nobody is invited at the moment.
invitation-withdraw = Withdraw
invitation-withdrawn = Invitation withdrawn. Its link is good for nothing now.
invitation-link = Link of the invitation
invitation-link-what = Send it to whom you invite. It works once, until { $time }, and is not shown again.
invite = Invite somebody
invite-button = Make the link
invite-note = For whom
invite-note-hint = So that you can tell it from other invitations.
tokens-what = For scripts and CI. A token never does more than you may.
token-make = Make a token
token-name = What it is for
token-name-hint = Such as the pipeline that uses it.
token-scope = What it may do
token-lasts = For how long
token-secret-what = Copy it now: it is not shown again. It goes behind “Authorization: Bearer”.
token-revoke = Revoke
token-revoked = Token revoked. Whatever used it is refused from now on.
scope-read = Read
scope-write = Work on deployments
scope-admin = Everything I may
days = { NUMBER($count) } days
leave = Leave
leave-title = Leave the workspace?
leave-what = What you did stays in it. You see it no more, and come back only by an invitation.
remove-title = Remove { $name } from the workspace?
remove-what = What they did stays; their approvals no longer count. They see the workspace no more, and what they have not sent is not taken in.
remove-person = Remove { $name }
last-admin = The only admin. Make somebody else one before this changes.
device-end = Sign out there
