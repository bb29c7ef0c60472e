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
