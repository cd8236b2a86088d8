"""What all requests to one Jupyter server share: its contents manager, and its workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbvc.git import Git
from nbvc.git.state.remotes import NETWORK
from nbvc.workflow.places import data_folder
from nbvc_jupyter.contents import ServerContents
from nbvc_jupyter.managers import OnLoop, setting_of
from nbvc_jupyter.site import Site
from nbvc_jupyter.work import Work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbvc_jupyter.contents import ContentsSetting


class NbvcServer:
    """nbvc's part of a Jupyter server. Raises `GitError` at the start if there is no git."""

    def __init__(
        self, manager: Any, environ: Mapping[str, str], network_seconds: float = NETWORK
    ) -> None:
        """Take Jupyter's contents manager, and start nothing yet."""
        Git.find(environ)
        self._environ = dict(environ)
        self.manager = OnLoop(manager)
        self.work = Work(self._environ, self.setting, self.manager, network_seconds)
        self._site: Site | None = None

    def setting(self) -> ContentsSetting:
        """Return what the contents manager is now."""
        return setting_of(self.manager.manager)

    @property
    def is_local(self) -> bool:
        """Whether the notebooks are files."""
        return self.setting().root is not None

    def site(self) -> Site:
        """Return a site in this process, for what blocks it anyway."""
        setting = self.setting()
        if self._site is None or self._site.contents.setting != setting:
            if self._site is not None:
                self._site.close()
            contents = ServerContents(setting, self.manager, data_folder(self._environ))
            self._site = Site(contents, self._environ)
        return self._site

    def close(self) -> None:
        """End what runs. It blocks for a moment."""
        self.work.close()
        if self._site is not None:
            self._site.close()
