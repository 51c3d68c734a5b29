// Package webplayers holds tests only: ffmpeg, ffprobe, curl and a browser play
// HTTP-FLV and HLS from the RTMP server. They share no code with it, nor with
// the scripted viewers of this module.
//
// Where a program is missing its test is skipped. The browser is chromium, with
// mpegts.js and hls.js from npm: they are looked for in the node_modules that
// HOOKPROOF_NODE_MODULES names, else in npm's global ones.
package webplayers
