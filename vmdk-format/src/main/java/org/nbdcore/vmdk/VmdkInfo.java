package org.nbdcore.vmdk;

import java.util.List;
import java.util.Map;

/**
 * Properties of a disk in its descriptor. Missing names are empty strings. If the disk has parents,
 * each entry of the disk database (ddb) comes from the nearest link that has it.
 *
 * @param createType monolithicSparse, monolithicFlat, streamOptimized, twoGbMaxExtentSparse,
 *     twoGbMaxExtentFlat, vmfs …
 * @param adapterType ide, buslogic, lsilogic, legacyESX
 * @param hardwareVersion ddb.virtualHWVersion
 * @param contentId the CID, eight hexadecimal digits
 * @param uuid ddb.uuid or ddb.uuid.image
 * @param geometry null if the descriptor has none or an incomplete one
 * @param extents in the order of the disk
 * @param parents the descriptor files of the parents, the nearest first
 * @param attributes all keys and values; keys are case-insensitive
 */
public record VmdkInfo(
    String createType,
    String adapterType,
    String hardwareVersion,
    String contentId,
    String uuid,
    VmdkGeometry geometry,
    List<VmdkExtentInfo> extents,
    List<FileLocation> parents,
    Map<String, String> attributes) {}
