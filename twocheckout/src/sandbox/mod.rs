//! A local stand-in for 2Checkout.
