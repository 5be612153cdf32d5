-- Makes a session with our plugin on a MIDI track, or opens one and saves it again.
-- Arguments: "make" or "resave", the session's folder, its name, the sample rate, the plugin's name.

local verb, folder, name, rate, instrument = arg[1], arg[2], arg[3], tonumber(arg[4]), arg[5]
local session

if verb == "make" then
  session = create_session(folder, name, rate)
  assert(session, "a session can be made")
  local plugin = ARDOUR.LuaAPI.new_plugin_info(instrument, ARDOUR.PluginType.VST3)
  assert(not plugin:isnil(), "the scanner has found the plugin")
  local midi = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
  local stereo = ARDOUR.ChanCount(ARDOUR.DataType("audio"), 2)
  local tracks = session:new_midi_track(
    midi, stereo, false, plugin, nil, nil, 1, "Band",
    ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, false)
  assert(tracks:size() == 1, "a track can be made")
else
  session = load_session(folder, name)
  assert(session, "the session can be opened")
end

session:save_state("", false, false, false, false, false)
close_session()
quit()
