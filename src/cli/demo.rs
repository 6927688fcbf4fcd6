//! `wangge demo`: the synthetic county into the store if it is empty, then serve, open, on loopback.

use clap::Args;

use super::say::Fail;
use super::serve::{Doors, Listen};
use super::synth::{RecipeArgs, latest};

/// Make the demo county if the store is empty, then serve it to everyone on this machine
#[derive(Args)]
pub struct Demo {
    #[command(flatten)]
    listen: Listen,
    #[command(flatten)]
    recipe: RecipeArgs,
}

impl Demo {
    /// Serves until SIGINT or SIGTERM.
    pub async fn run(self, store: &str) -> Result<(), Fail> {
        // The port first: whether it is free shows at once, the county takes seconds.
        let listener = self.listen.bind().await?;
        let address = listener.local_addr().map_err(Fail::to("name the port"))?;
        if !address.ip().is_loopback() {
            return Err(Fail(format!(
                "the demo lets everyone do everything, so it listens on this machine alone: expected 127.0.0.1 as the address, \
                 found {}; for others there is `wangge serve`",
                address.ip()
            )));
        }
        if latest(store).await?.is_none() {
            self.recipe.make(store).await?;
        }
        self.listen.serve(listener, store, Doors::Open, None).await
    }
}
