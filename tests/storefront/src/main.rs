//! The storefront in a browser: cargo builds it, and wasm-bindgen makes a module of it.

fn main() {
    leptos::mount::mount_to_body(storefront::Checkout);
}
