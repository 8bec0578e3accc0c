//! Ring 2: does a browser behave as the browser side assumes? Run in Chromium by `npm test -- browser`.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says by panicking what is wrong"
)]

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

mod web {
    mod component;
    mod fields;
    mod items;
    mod listening;
    mod page;
    mod placing;
    mod requests;
    mod storage;
    mod telling;
}
