//! How loud something is: peak and RMS.
