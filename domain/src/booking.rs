//! Opening hours, slots, holds and delivery windows (R126–R128).
