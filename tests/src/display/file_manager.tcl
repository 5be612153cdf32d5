# A window with something in it that can be dragged, as a file manager's files. Its arguments: the kind,
# and what there is of it.
package require Tk
package require tkdnd

wm title . "Files"
wm geometry . 200x60+1300+1000
pack [label .files -text "take me" -background yellow] -expand 1 -fill both
set things [lassign $argv kind]
tkdnd::drag_source register .files $kind
bind .files <<DragInitCmd>> {list copy $kind $things}
bind .files <<DragEndCmd>> {puts over; flush stdout}
update
puts [expr {[winfo id .]}]
flush stdout
