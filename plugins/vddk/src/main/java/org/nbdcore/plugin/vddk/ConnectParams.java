package org.nbdcore.plugin.vddk;

import com.sun.jna.Pointer;
import java.util.Optional;

/** VixDiskLibConnectParams, allocated by VDDK. Close it after its connection. */
final class ConnectParams implements AutoCloseable {

  static final int VMX_SPEC = 0;
  static final int SERVER_NAME = 8;
  static final int THUMB_PRINT = 16;
  static final int CRED_TYPE = 32;
  static final int UID_USER_NAME = 40;
  static final int UID_PASSWORD = 48;
  static final int SESSION_COOKIE = 40;
  static final int SESSION_USER_NAME = 48;
  static final int SESSION_KEY = 56;
  static final int PORT = 64;
  static final int NFC_HOST_PORT = 68;
  static final int SPEC_TYPE = 120;

  static final int CRED_UID = 1;
  static final int CRED_SESSION_ID = 2;
  static final int SPEC_VMX = 0;

  private final Pointer params;
  private final NativeStrings strings = new NativeStrings();

  /** Allocates parameters; VDDK's own fields stay as VDDK set them. */
  ConnectParams(Optional<RemoteLogin> login) {
    params = VddkApi.VixDiskLib_AllocateConnectParams();
    if (params == null) {
      throw new OutOfMemoryError("VDDK could not allocate connect parameters");
    }
    login.ifPresent(this::fill);
  }

  private void fill(RemoteLogin login) {
    params.setPointer(VMX_SPEC, strings.add(login.vm()));
    params.setPointer(SERVER_NAME, strings.add(login.server()));
    params.setPointer(THUMB_PRINT, strings.add(login.thumbprint()));
    if (login.cookie().isPresent()) {
      params.setInt(CRED_TYPE, CRED_SESSION_ID);
      params.setPointer(SESSION_COOKIE, strings.add(login.cookie().get()));
      params.setPointer(SESSION_USER_NAME, strings.add(login.user()));
      params.setPointer(SESSION_KEY, strings.add(login.password()));
    } else {
      params.setInt(CRED_TYPE, CRED_UID);
      params.setPointer(UID_USER_NAME, strings.add(login.user()));
      params.setPointer(UID_PASSWORD, strings.add(login.password()));
    }
    params.setInt(PORT, login.port().orElse(0));
    params.setInt(NFC_HOST_PORT, login.nfcHostPort().orElse(0));
    params.setInt(SPEC_TYPE, SPEC_VMX);
  }

  Pointer pointer() {
    return params;
  }

  @Override
  public void close() {
    VddkApi.VixDiskLib_FreeConnectParams(params);
    strings.close();
  }
}
