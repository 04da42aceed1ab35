//! Starts kimi-lsp in Zed: the program on PATH, with the environment of the project's shell, and so with its key.

use zed_extension_api::{
    self as zed, serde_json, settings::LspSettings, LanguageServerId, Result, Worktree,
};

struct Kimi;

impl zed::Extension for Kimi {
    fn new() -> Self {
        Self
    }

    fn language_server_command(
        &mut self,
        _server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<zed::Command> {
        let command = worktree
            .which("kimi-lsp")
            .ok_or("kimi-lsp is not on PATH: pip install kimi-lsp, then start Zed anew")?;
        Ok(zed::Command {
            command,
            args: vec!["--stdio".into()],
            env: worktree.shell_env(),
        })
    }

    fn language_server_initialization_options(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        LspSettings::for_worktree(server.as_ref(), worktree)
            .map(|settings| settings.initialization_options)
    }
}

zed::register_extension!(Kimi);
