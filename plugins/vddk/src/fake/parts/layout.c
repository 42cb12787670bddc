/* Prints the size of each structure and the offset and size of each field, for the binding's test. */
#include <stddef.h>
#include <stdio.h>

#include "fakevddk.h"

#define SIZE(type) printf("%s %zu\n", #type, sizeof(type))
#define FIELD(type, field) \
  printf("%s.%s %zu %zu\n", #type, #field, offsetof(type, field), sizeof(((type *)0)->field))

int main(void) {
  SIZE(VixDiskLibConnectParams);
  FIELD(VixDiskLibConnectParams, vmxSpec);
  FIELD(VixDiskLibConnectParams, serverName);
  FIELD(VixDiskLibConnectParams, thumbPrint);
  FIELD(VixDiskLibConnectParams, privateUse);
  FIELD(VixDiskLibConnectParams, credType);
  FIELD(VixDiskLibConnectParams, creds.uid.userName);
  FIELD(VixDiskLibConnectParams, creds.uid.password);
  FIELD(VixDiskLibConnectParams, creds.sessionId.cookie);
  FIELD(VixDiskLibConnectParams, creds.sessionId.userName);
  FIELD(VixDiskLibConnectParams, creds.sessionId.key);
  FIELD(VixDiskLibConnectParams, port);
  FIELD(VixDiskLibConnectParams, nfcHostPort);
  FIELD(VixDiskLibConnectParams, vimApiVer);
  FIELD(VixDiskLibConnectParams, reserved);
  FIELD(VixDiskLibConnectParams, state);
  FIELD(VixDiskLibConnectParams, spec);
  FIELD(VixDiskLibConnectParams, specType);
  SIZE(VixDiskLibInfo);
  FIELD(VixDiskLibInfo, biosGeo);
  FIELD(VixDiskLibInfo, physGeo);
  FIELD(VixDiskLibInfo, capacity);
  FIELD(VixDiskLibInfo, adapterType);
  FIELD(VixDiskLibInfo, numLinks);
  FIELD(VixDiskLibInfo, parentFileNameHint);
  FIELD(VixDiskLibInfo, uuid);
  FIELD(VixDiskLibInfo, logicalSectorSize);
  FIELD(VixDiskLibInfo, physicalSectorSize);
  SIZE(VixDiskLibGeometry);
  FIELD(VixDiskLibGeometry, cylinders);
  FIELD(VixDiskLibGeometry, heads);
  FIELD(VixDiskLibGeometry, sectors);
  SIZE(VixDiskLibCreateParams);
  FIELD(VixDiskLibCreateParams, diskType);
  FIELD(VixDiskLibCreateParams, adapterType);
  FIELD(VixDiskLibCreateParams, hwVersion);
  FIELD(VixDiskLibCreateParams, capacity);
  FIELD(VixDiskLibCreateParams, logicalSectorSize);
  FIELD(VixDiskLibCreateParams, physicalSectorSize);
  FIELD(VixDiskLibBlockList, numBlocks);
  FIELD(VixDiskLibBlockList, blocks);
  SIZE(VixDiskLibBlock);
  FIELD(VixDiskLibBlock, offset);
  FIELD(VixDiskLibBlock, length);
  return 0;
}
