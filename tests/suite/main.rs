//! All integration tests, in one binary.

mod browser_page;
mod browser_together;
mod decoder;
mod export;
mod fuzz_corpus;
mod plugin_clap;
mod plugin_joined;
mod plugin_timing;
mod plugin_vst3;
mod protocol_rules;
mod server_abuse;
mod server_api;
mod server_api_exports;
mod server_api_refusals;
mod server_at_its_limits;
mod server_backups;
mod server_doors;
mod server_durability;
mod server_limits;
mod server_operations;
mod server_samples;
mod server_templates;
mod slice;
mod sound_identity;
mod sound_presets;
mod world;
