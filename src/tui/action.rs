//! Everything a user can ask for: one table of name, sentence and scopes.
//!
//! Help, footer hints, `pinxit keys` and the README's key table are made from it, together with the keymap. An action
//! that is not here does not exist; one that is here does something.

mod law;

use super::state::Scope;

pub use law::Actions;

/// Declares the actions: variant, `area.verb` name, short word for the footer, sentence for help, scopes.
macro_rules! actions {
    ($($variant:ident $name:literal $short:literal $sentence:literal [$($scope:ident),+];)+) => {
        /// What the user asked.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $(#[doc = $sentence] $variant,)+
        }

        impl Action {
            /// All of them, in the order help shows them.
            pub const ALL: &'static [Action] = &[$(Action::$variant),+];

            /// The name in keymaps, logs and docs.
            pub fn name(self) -> &'static str {
                match self { $(Action::$variant => $name),+ }
            }

            /// One or two words for the footer.
            pub fn short(self) -> &'static str {
                match self { $(Action::$variant => $short),+ }
            }

            /// One sentence for help.
            pub fn sentence(self) -> &'static str {
                match self { $(Action::$variant => $sentence),+ }
            }

            /// Where it can be asked for.
            pub fn scopes(self) -> &'static [Scope] {
                match self { $(Action::$variant => &[$(Scope::$scope),+]),+ }
            }
        }
    };
}

actions! {
    Generate "compose.generate" "generate" "Send what is shown and pay for it" [Compose, Expansion];
    SaveEdit "edit.save" "save the change" "Save the change to the waiting job, or send the failed row anew" [Edit];
    DropEdit "edit.drop" "leave the job as it was" "Leave the job as it was; your draft comes back" [Edit];
    ShowExpansion "prompt.expansion" "expansions" "Show every prompt the written one stands for" [Compose];
    UnfoldAll "prompt.every_way" "every way" "Send a job for every way the wildcards can go" [Expansion];
    UnfoldOne "prompt.one_way" "one by chance" "Send one way by chance, another one every time" [Expansion];
    UnfoldOff "prompt.as_written" "as written" "Send the prompt as it is written, wildcards and all" [Expansion];
    ShowCompose "screen.compose" "compose" "Go to the compose screen" [Normal];
    ShowQueue "screen.queue" "queue" "Go to the queue screen" [Normal];
    ShowGallery "screen.gallery" "gallery" "Go to the gallery: every picture made here" [Normal];
    ShowHistory "screen.history" "history" "Go to the history screen: what was made from what" [Normal];
    ShowBatch "screen.batch" "batch" "Go to the batch screen" [Normal];
    PreviousScreen "screen.previous" "back" "Go back to the screen before this one" [Normal];
    NextPane "pane.next" "next pane" "Go to the next pane" [Compose];
    PreviousPane "pane.previous" "previous pane" "Go to the previous pane" [Compose];
    Insert "text.insert" "type" "Start typing in this text" [Text];
    Normal "text.leave" "stop typing" "Stop typing; letters act again" [Insert];
    Undo "text.undo" "undo" "Undo the last edit of this text, then what was loaded into the form" [Text, Insert];
    Redo "text.redo" "redo" "Redo what was undone" [Text, Insert];
    SetMark "text.mark" "select" "Set the mark: the cursor selects from here" [Insert];
    CopyText "text.copy" "copy" "Copy what is selected, to the terminal's clipboard too" [Insert];
    OpenEditor "text.editor" "your editor" "Change the text in your own editor" [Compose];
    SearchHistory "history.search" "history" "Search every prompt ever sent" [Compose];
    Peek "history.peek" "peek" "Show the prompt whole, and back; the draft stays as it is" [History];
    PeekDown "history.down" "read on" "Scroll the prompt shown whole" [History];
    PeekUp "history.up" "read back" "Scroll the prompt shown whole back" [History];
    DropParent "parent.drop" "on its own" "Forget which job this was made from" [Form];
    NextField "field.next" "down" "Go to the next setting" [Settings];
    PreviousField "field.previous" "up" "Go to the previous setting" [Settings];
    Increase "field.increase" "more" "Next value, one more, or on" [Settings];
    Decrease "field.decrease" "less" "Previous value, one less, or off" [Settings];
    EditField "field.edit" "edit" "Type a value, or flip a switch" [Settings];
    CommitField "field.commit" "set" "Set the value typed" [Value];
    AbandonField "field.abandon" "leave as it was" "Leave the value as it was" [Value];
    SnapField "field.snap" "nearest legal" "Snap the value to the nearest legal one" [Settings];
    ResetField "field.reset" "default" "Put the default value back" [Settings];
    RandomSeed "seed.random" "new seed" "Take a new random seed for every submit" [Settings];
    RaiseSeed "seed.raise" "count up" "One seed higher after each submit, or the same again" [Settings];
    KeepSeed "seed.keep" "keep seed" "Keep the seed of the picture shown" [Settings, Queue, Jobs, Zoom, Gallery];
    NextReference "reference.next" "down" "Go to the next picture of the request" [References];
    PreviousReference "reference.previous" "up" "Go to the previous picture of the request" [References];
    AddReference "reference.add" "add" "Add a picture by path or address" [References];
    BrowseReferences "reference.browse" "browse" "Look through folders for pictures to make the next one from" [References, Form];
    MadeReferences "reference.made" "made here" "Add one of the pictures made here" [References];
    ChangeReference "reference.change" "change" "Name another picture in its place" [References];
    RemoveReference "reference.remove" "take off" "Take the picture off the list; its file stays" [References];
    RaiseReference "reference.raise" "move up" "Move the picture up: image 2 becomes image 1" [References];
    LowerReference "reference.lower" "move down" "Move the picture down: image 1 becomes image 2" [References];
    WordsAlone "model.words" "words alone" "Take the mode or model that needs no pictures" [Form];
    LoadRecipe "recipe.load" "load recipe" "Load a file's recipe into the form, another tool's too" [Form];
    PickModel "model.pick" "model" "Choose a model" [Form];
    Advise "model.advise" "which model?" "Ask which model to take, by what the form holds; asks no service" [Form];
    NextJob "queue.next" "down" "Go to the next job" [Queue, Jobs, Batch, Lineage];
    PreviousJob "queue.previous" "up" "Go to the previous job" [Queue, Jobs, Batch, Lineage];
    FirstJob "queue.first" "top" "Go to the job at the top" [Queue, Jobs, Batch, Lineage];
    LastJob "queue.last" "bottom" "Go to the job at the bottom" [Queue, Jobs, Batch, Lineage];
    NextPicture "picture.next" "next picture" "Show the next picture" [Form, Zoom];
    PreviousPicture "picture.previous" "previous picture" "Show the previous picture" [Form, Zoom];
    EditPicture "picture.edit" "edit this" "Make the next request from the picture shown" [Form, Zoom, Gallery];
    ScrollDown "story.down" "read on" "Scroll the story or the facts down" [Form, Zoom];
    ScrollUp "story.up" "read back" "Scroll the story or the facts up" [Form, Zoom];
    Zoom "preview.zoom" "enlarge" "Show the picture on the whole screen, and back" [Form, Queue, Jobs, Batch];
    CopyPath "picture.copy_path" "copy path" "Copy the picture's path to the clipboard" [Form, Jobs, Zoom, Batch, Gallery];
    CopyCommand "picture.copy_command" "copy command" "Copy the pinxit command that asks for the same" [Form, Jobs, Zoom, Batch, Gallery, Lineage];
    CopyScp "picture.copy_scp" "copy scp" "Copy the scp command that fetches the picture" [Form, Jobs, Zoom, Gallery];
    Recall "job.recall" "reuse" "Load the job's prompt and settings into the form" [Queue, Jobs, Batch, Zoom, Lineage];
    Cancel "job.cancel" "cancel" "Cancel the job; says what that can and cannot save" [Queue, Jobs, Batch];
    Retry "job.retry" "send again" "Send a failed or unsure job again; asks first where it may bill twice" [Queue, Jobs, Batch];
    Refetch "job.refetch" "fetch again" "Fetch the job's missing pictures again; costs nothing" [Queue, Jobs, Batch];
    LookAgain "job.look" "look for it" "Look once more for a call whose answer was lost; costs nothing" [Jobs, Batch];
    Hold "job.hold" "hold" "Hold back a job that waits, or let a held one go" [Jobs];
    ToFront "job.front" "to the front" "Move a waiting job before all others" [Jobs];
    RaiseJob "job.raise" "earlier" "Move a waiting job one turn earlier" [Jobs];
    LowerJob "job.lower" "later" "Move a waiting job one turn later" [Jobs];
    EditJob "job.edit" "edit" "Change what a waiting job or a failed row asks for, in the form" [Jobs, Batch];
    Duplicate "job.duplicate" "duplicate" "Make a new job that asks for the same, seed and all" [Jobs];
    PauseAll "queue.pause" "pause" "Pause: send nothing more, or go on; what was sent goes on" [Normal];
    PauseModel "queue.pause_model" "pause its model" "Pause the job's model: send nothing more to it, or go on" [Jobs];
    Mark "mark.toggle" "mark" "Mark the job, or take the mark off; actions are for marked jobs" [Jobs, Batch];
    MarkAll "mark.all" "mark all" "Mark all jobs shown" [Jobs, Batch];
    Unmark "mark.none" "clear marks" "Take the marks off, then the filter" [Jobs, Batch];
    Filter "filter.open" "filter" "Show only some jobs: words, !word, state:failed, model:wan2.7*" [Jobs];
    KeepFilter "filter.keep" "keep" "Keep the filter" [Filter];
    DropFilter "filter.drop" "show all" "Show everything again" [Filter, Lineage];
    Clear "queue.clear" "clear" "Put an ended job out of sight; it stays in the history" [Jobs];
    ClearAll "queue.clear_all" "clear ended" "Put every ended job out of sight" [Jobs];
    Unclear "queue.unclear" "bring back" "Bring back what was put out of sight last" [Jobs];
    LogUp "log.up" "log back" "Scroll the log back" [Jobs];
    LogDown "log.down" "log on" "Scroll the log on" [Jobs];
    ShowRewrite "rewrite.show" "rewritten" "Compare the prompt with what the service made of it" [Form, Jobs, Zoom];
    FreezeRewrite "rewrite.freeze" "freeze" "Put the rewritten prompt into the form, and turn rewriting off" [Page];
    ShowCost "cost.show" "cost" "Show what a submit costs and why, and what is spent and left" [Normal];
    BrowseUp "browser.up" "folder above" "Go to the folder above" [Browser];
    BrowseMark "browser.mark" "mark" "Mark the picture; all marked ones are taken together" [Browser];
    BrowseFilter "browser.filter" "filter" "Show only names that hold the words typed" [Browser];
    BrowseShelf "browser.shelf" "other shelf" "Go over to the pictures made here, or back to the folders" [Browser];
    OtherModel "advice.other" "other model" "Go to the next model that is good for this" [Advice];
    NextMention "mention.next" "down" "Go to the next picture to name" [Offer, Chosen];
    PreviousMention "mention.previous" "up" "Go back to the picture before" [Chosen];
    TakeMention "mention.take" "name it" "Name the chosen picture in the prompt" [Chosen];
    CloseMention "mention.close" "just type" "Close the list of pictures and go on typing" [Offer, Chosen];
    NextBatch "batch.next" "next batch" "Look at the next batch" [Batch];
    PreviousBatch "batch.previous" "previous batch" "Look at the previous batch" [Batch];
    CycleRows "batch.rows" "failed rows" "Show all rows, the failed ones, or those at work" [Batch];
    PlanFile "batch.plan" "new batch" "Plan a file of rows: what it comes to is shown, nothing is sent" [Batch];
    PlanForm "batch.form" "as a batch" "Plan the form as a batch: a row for each way of {a|b} and __list__" [Form];
    PauseBatch "batch.pause" "pause" "Send no more of the batch, or go on; what was sent goes on" [Batch];
    MoreAtOnce "batch.more" "more at once" "Let one more row of the batch be at work at once" [Batch];
    FewerAtOnce "batch.fewer" "fewer at once" "Let one row fewer of the batch be at work at once" [Batch];
    LiftLimit "batch.unlimited" "no limit" "Let as many rows be at work at once as the account allows" [Batch];
    StopBatch "batch.stop" "stop" "Cancel the rows that wait, asking first; what is at work still ends" [Batch];
    ExportSheet "batch.sheet" "contact sheet" "Lay the batch's pictures out on an HTML page" [Batch];
    Begin "plan.begin" "run it" "Run the batch as planned, and pay for it" [Plan];
    PlanForth "plan.forth" "read on" "Scroll the plan down by a page" [Plan];
    PlanBack "plan.back" "read back" "Scroll the plan up by a page" [Plan];
    GalleryLeft "gallery.left" "left" "Go to the picture on the left" [Gallery];
    GalleryRight "gallery.right" "right" "Go to the picture on the right" [Gallery];
    GalleryDown "gallery.down" "down" "Go to the picture below" [Gallery];
    GalleryUp "gallery.up" "up" "Go to the picture above" [Gallery];
    GalleryPageDown "gallery.page_down" "page down" "Go on by as many pictures as there are in sight" [Gallery];
    GalleryPageUp "gallery.page_up" "page up" "Go back by as many pictures as there are in sight" [Gallery];
    GalleryFirst "gallery.first" "first" "Go to the first picture" [Gallery];
    GalleryLast "gallery.last" "last" "Go to the last picture" [Gallery];
    OpenPicture "gallery.open" "view" "Show the picture on the whole screen" [Gallery];
    SearchGallery "gallery.search" "search" "Look for words and fields: neon model:wan2.7* star:yes tag:shop since:7d" [Gallery];
    SortGallery "gallery.sort" "sort" "Sort by the newest, the oldest, the dearest, the largest" [Gallery];
    ListGallery "gallery.list" "as a list" "Show names and facts in place of small pictures, and back" [Gallery];
    MarkPicture "gallery.mark" "mark" "Mark the picture, or take the mark off; actions are for marked pictures" [Gallery];
    MarkPictures "gallery.mark_all" "mark all" "Mark every picture that is found" [Gallery];
    UnmarkPictures "gallery.unmark" "clear marks" "Take the marks off, then the search" [Gallery];
    StarPicture "picture.star" "star" "Give the picture a star, or take it off" [Form, Jobs, Zoom, Gallery, Lineage];
    RejectPicture "picture.reject" "reject" "Turn the picture down, or take that back" [Form, Jobs, Zoom, Gallery, Lineage];
    TagPicture "picture.tag" "tags" "Type words of your own for the picture, with commas between" [Gallery];
    BinPicture "picture.bin" "bin" "Put the picture into the bin, or bring it back; its file stays" [Zoom, Gallery];
    EmptyBin "gallery.empty_bin" "empty bin" "Delete for good what is in the bin and has no star; asks first" [Gallery];
    UndoPicture "gallery.undo" "undo" "Undo the last star, reject, tag or bin" [Zoom, Gallery];
    UseAll "picture.use_all" "use all" "Load the picture's prompt and settings into the form" [Gallery];
    MarkBoxes "boxes.open" "mark boxes" "Mark on a picture what is to change" [Form];
    BoxLeft "box.left" "corner left" "Move the corner left" [Boxes];
    BoxRight "box.right" "corner right" "Move the corner right" [Boxes];
    BoxUp "box.up" "corner up" "Move the corner up" [Boxes];
    BoxDown "box.down" "corner down" "Move the corner down" [Boxes];
    BoxFarLeft "box.far_left" "far left" "Move the corner eight steps left" [Boxes];
    BoxFarRight "box.far_right" "far right" "Move the corner eight steps right" [Boxes];
    BoxFarUp "box.far_up" "far up" "Move the corner eight steps up" [Boxes];
    BoxFarDown "box.far_down" "far down" "Move the corner eight steps down" [Boxes];
    OtherCorner "box.corner" "other corner" "Move the opposite corner from now on" [Boxes];
    ZoomIn "box.zoom_in" "zoom in" "See half as much, until a step is a pixel" [Boxes];
    ZoomOut "box.zoom_out" "zoom out" "See twice as much" [Boxes];
    TypeBox "box.numbers" "type pixels" "Type the box in pixels: x1,y1,x2,y2" [Boxes];
    TypePercent "box.percent" "type percent" "Type the box in percent of the picture" [Boxes];
    AddBox "box.add" "add" "Add a box in the middle of what is seen" [Boxes];
    RemoveBox "box.remove" "take off" "Take the box off" [Boxes];
    NextBox "box.next" "next box" "Go to the picture's next box" [Boxes];
    NextCanvas "box.next_picture" "next picture" "Go to the next picture" [Boxes];
    PreviousCanvas "box.previous_picture" "previous picture" "Go to the previous picture" [Boxes];
    BareBoxes "box.bare" "boxes alone" "Hide the picture behind the boxes, or show it" [Boxes];
    AddSwatch "swatch.add" "add" "Add a colour and type it" [Palette];
    RemoveSwatch "swatch.remove" "take off" "Take the colour off" [Palette];
    TypeSwatch "swatch.type" "type" "Type the colour and its share" [Palette];
    MoreShare "swatch.more" "more" "One percent more of the colour" [Palette];
    LessShare "swatch.less" "less" "One percent less of the colour" [Palette];
    LockSwatch "swatch.lock" "lock" "Keep the colour's share when the others are balanced, or let it go" [Palette];
    Balance "swatch.balance" "balance" "Balance the other shares to exactly 100.00 %" [Palette];
    Extract "swatch.extract" "from picture" "Take the colours of the selected or shown picture" [Palette];
    ExtractMore "swatch.extract_more" "one more" "Take one colour more from that picture" [Palette];
    ExtractFewer "swatch.extract_fewer" "one fewer" "Take one colour fewer from that picture" [Palette];
    Theme "theme.pick" "theme" "Choose a theme, and see each one while choosing" [Normal];
    OtherGraphics "app.graphics" "other pictures" "Draw pictures another way: as pixels, blocks, letters, or not at all" [Normal];
    GiveKey "key.give" "key" "Give a key for the service, or read how to get one" [Normal];
    Commands "app.commands" "commands" "Find a command by its words, and do it" [Screen, Normal];
    Jump "app.jump" "jump" "Put a letter on every pane and row, and go to one" [Normal];
    Help "app.help" "keys" "Show the keys that work here" [Screen, Normal];
    Redraw "app.redraw" "redraw" "Draw the whole screen afresh" [Global];
    Suspend "app.suspend" "suspend" "Suspend to the shell; fg comes back" [Global];
    Interrupt "app.interrupt" "quit" "Close the dialog, else clear the draft, else ask to quit" [Global];
    Quit "app.quit" "quit" "Leave; unfinished jobs are kept" [Normal];
    Vary "picture.vary" "vary" "One more of this, with a new seed; a chord sends it" [Form, Jobs, Batch, Zoom, Gallery, Lineage];
    SendAgain "again.send" "send it" "Send it and pay for it" [Again];
    Rerun "job.rerun" "once more" "The same once more, seed and all; a chord sends it" [Lineage];
    RollAgain "again.seed" "other seed" "Take another new seed" [Again];
    Facts "viewer.facts" "facts" "Show what is known of the picture beside it, and hide it" [Zoom];
    Closer "viewer.closer" "closer" "See half as much of the picture, larger" [Zoom, Compare];
    Farther "viewer.farther" "farther" "See twice as much of the picture" [Zoom, Compare];
    WholePicture "viewer.whole" "whole" "See the whole picture" [Zoom, Compare];
    PanLeft "viewer.left" "left" "Move what is seen to the left" [Zoom, Compare];
    PanRight "viewer.right" "right" "Move what is seen to the right" [Zoom, Compare];
    PanUp "viewer.up" "up" "Move what is seen up" [Zoom, Compare];
    PanDown "viewer.down" "down" "Move what is seen down" [Zoom, Compare];
    OpenOutside "picture.open" "open outside" "Open the picture in a program of your own" [Zoom];
    Compare "picture.compare" "compare" "Choose a picture to compare, then the other one" [Form, Jobs, Zoom, Lineage, Gallery];
    Flip "compare.flip" "flip" "Show the other picture in its place" [Compare];
    KeepFirst "compare.keep_first" "keep A" "Give A a star and turn B down; the gallery's undo takes it back" [Compare];
    KeepSecond "compare.keep_second" "keep B" "Give B a star and turn A down; the gallery's undo takes it back" [Compare];
    CompareWay "compare.way" "other way" "Compare them in the next way" [Compare];
    EditMeant "compare.edit" "edit this" "Make the next request from the picture that is meant" [Compare];
    BranchOff "lineage.branch" "branch" "Load it into the form: what is sent next is made from it" [Lineage];
    NameJob "lineage.name" "name" "Name it and what is made from it" [Lineage];
    HideJob "lineage.hide" "fold away" "Fold a dead end away, or show it again" [Lineage];
    LookCloser "lineage.look" "look closer" "Show its picture on the whole screen with all that is known of it; loads nothing" [Lineage];
    PageDown "lineage.page_down" "page down" "Go on by as many jobs as there are in sight" [Lineage];
    PageUp "lineage.page_up" "page up" "Go back by as many jobs as there are in sight" [Lineage];
    HalfDown "lineage.half_down" "half a page down" "Go on by half as many jobs as there are in sight" [Lineage];
    HalfUp "lineage.half_up" "half a page up" "Go back by half as many jobs as there are in sight" [Lineage];
    FindJob "lineage.find" "find" "Show only families that have a job with some words" [Lineage];
    Accept "dialog.accept" "choose" "Take the selected entry, or what was made" [Picker, Entry, History, Browser, Advice, Boxes, Palette];
    Yes "dialog.yes" "yes" "Yes, do it" [Confirm];
    Close "dialog.close" "close" "Close without doing anything" [Picker, Entry, History, Browser, Advice, Page, Boxes, Palette, Expansion, Confirm, Help, Zoom, Plan, Jump, Again, Compare];
    CompleteEntry "dialog.complete" "complete" "Complete the name as far as it is clear" [Entry];
    NextEntry "dialog.next" "down" "Go to the next entry, or scroll down" [Picker, Entry, History, Browser, Advice, Page, Palette, Expansion, Help, Plan];
    PreviousEntry "dialog.previous" "up" "Go to the previous entry, or scroll up" [Picker, Entry, History, Browser, Advice, Page, Palette, Expansion, Help, Plan];
    NextPage "dialog.next_page" "page down" "Go ten entries or lines down" [Picker, Help];
    PreviousPage "dialog.previous_page" "page up" "Go ten entries or lines up" [Picker, Help];
}

impl Action {
    /// Finds an action by its name.
    pub fn parse(name: &str) -> Option<Action> {
        Action::ALL.iter().copied().find(|action| action.name() == name)
    }

    /// Whether it may pay without asking first. Enter never does it.
    pub fn spends(self) -> bool {
        matches!(self, Action::Generate | Action::SaveEdit | Action::Duplicate | Action::SendAgain)
    }
}
