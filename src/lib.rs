//! leadkeep
