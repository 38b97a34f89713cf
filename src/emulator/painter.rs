//! Paints the pictures the emulator serves.
