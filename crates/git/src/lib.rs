//! One way to read Git: refs, trees and blobs without a checkout.
