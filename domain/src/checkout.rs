//! What a checkout still needs, and what happens at a confirmation (R108–R110).
