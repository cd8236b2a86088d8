"""Where output goes: screen, pager, pages, streams; and work on several cores."""
