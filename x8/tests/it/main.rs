//! The program as it is started: the real binary, its configuration, its end, and its death.

mod audit;
mod backup;
mod cluster;
mod crash;
mod demo;
mod disk;
mod doctor;
mod http;
mod life;
mod owner;
mod program;
mod silence;
mod visitor;
