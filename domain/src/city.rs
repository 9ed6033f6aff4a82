//! Cities compared without case, accents, script, inflection or exonym (R105–R107).
