//! Plans: in the file itself, hidden from a GIS.

use super::{GeoPackage, StoreError};
use crate::store::line::{Deed, Line, Question};

impl GeoPackage {
    pub(in crate::store) async fn ask_plans<Q: Question>(
        &self,
        question: Q,
    ) -> Result<Q::Answer, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(|e| self.failed(e))?;
        question.ask(&mut Line::File(&mut connection)).await.map_err(|e| self.failed(e))
    }

    pub(in crate::store) async fn act_on_plans<D: Deed>(&self, deed: D) -> Result<D::Answer, StoreError> {
        let mut transaction = self.begin().await?;
        let answer = deed.act(&mut Line::File(&mut transaction)).await.map_err(|e| self.failed(e))?;
        self.commit(transaction).await?;
        Ok(answer)
    }
}
