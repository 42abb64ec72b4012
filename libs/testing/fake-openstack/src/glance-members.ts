import type { Call, JsonObject, Reply } from './frame.ts';
import { isObject, isoSeconds, Refusal } from './frame.ts';
import type { Image, Member } from './glance-image.ts';
import { imageOf } from './glance-image.ts';

/** GET /v2/images/:id/members. The owner sees all members, a member only itself. */
export function listMembers(call: Call): Reply {
  const image = sharedImage(
    call,
    (reason) => new Refusal(403, `Not allowed to list members for image ${call.params.id ?? ''}: ${reason}`),
  );
  const rows = [...image.members.values()].filter((member) => seesMember(call, image, member.memberId));
  return { status: 200, body: { members: rows.map((member) => view(image, member)), schema: '/v2/schemas/members' } };
}

/** POST /v2/images/:id/members. */
export function createMember(call: Call): Reply {
  const memberId = memberIdOf(call);
  const refuse = (): Refusal => new Refusal(403, `Not allowed to create members for image ${call.params.id ?? ''}.`);
  const image = sharedImage(call, refuse);
  if (!isOwner(call, image)) throw refuse();
  if (image.members.has(memberId)) {
    throw new Refusal(409, `Member ${memberId} is duplicated for image ${image.id}`);
  }
  const now = call.cloud.now();
  const member: Member = { memberId, status: 'pending', createdAt: now, updatedAt: now };
  image.members.set(memberId, member);
  return { status: 200, body: view(image, member) };
}

/** GET /v2/images/:id/members/:member. */
export function showMember(call: Call): Reply {
  const image = sharedImage(call, (reason) => new Refusal(404, reason));
  return { status: 200, body: view(image, memberOf(call, image)) };
}

/** PUT /v2/images/:id/members/:member with a status: for the member itself, or an admin. */
export function updateMember(call: Call): Reply {
  const status = statusOf(call);
  const refuse = (): Refusal => new Refusal(403, `Not allowed to update members for image ${call.params.id ?? ''}.`);
  const image = sharedImage(call, refuse);
  const member = memberOf(call, image);
  if (!call.context.isAdmin && call.context.projectId !== member.memberId) throw refuse();
  if (status !== 'pending' && status !== 'accepted' && status !== 'rejected') {
    throw new Refusal(400, 'Incorrect request: Status must be "pending", "accepted" or "rejected".');
  }
  member.status = status;
  member.updatedAt = call.cloud.now();
  return { status: 200, body: view(image, member) };
}

/** DELETE /v2/images/:id/members/:member. */
export function deleteMember(call: Call): Reply {
  const refuse = (): Refusal => new Refusal(403, `Not allowed to delete members for image ${call.params.id ?? ''}.`);
  const image = sharedImage(call, refuse);
  if (!isOwner(call, image)) throw refuse();
  image.members.delete(memberOf(call, image).memberId);
  return { status: 204 };
}

function sharedImage(call: Call, refuse: (reason: string) => Refusal): Image {
  const image = imageOf(call, `Image ${call.params.id ?? ''} not found.`);
  if (image.attributes.visibility !== 'shared') throw refuse('Only shared images have members.');
  return image;
}

function isOwner(call: Call, image: Image): boolean {
  return call.context.isAdmin || image.attributes.owner === call.context.projectId;
}

function seesMember(call: Call, image: Image, memberId: string): boolean {
  return isOwner(call, image) || memberId === call.context.projectId;
}

function memberOf(call: Call, image: Image): Member {
  const memberId = call.params.member ?? '';
  const member = image.members.get(memberId);
  if (member !== undefined && seesMember(call, image, memberId)) return member;
  throw new Refusal(404, `${memberId} not found in the member list of the image ${image.id}.`);
}

function memberIdOf(call: Call): string {
  if (call.body === undefined) throw new Refusal(400, 'Body expected in request.');
  if (!isObject(call.body)) throw new Refusal(400, 'Expected a member in the form: {"member": "image_id"}');
  const { member } = call.body;
  if (member === undefined) throw new Refusal(400, 'Member to be added not specified');
  if (typeof member !== 'string' || member === '') throw new Refusal(400, "Member can't be empty");
  return member;
}

function statusOf(call: Call): string {
  if (call.body === undefined) throw new Refusal(400, 'Body expected in request.');
  if (!isObject(call.body)) throw new Refusal(400, 'Expected a status in the form: {"status": "status"}');
  if (call.body.status === undefined) throw new Refusal(400, 'Status not specified');
  return String(call.body.status);
}

function view(image: Image, member: Member): JsonObject {
  return {
    member_id: member.memberId,
    image_id: image.id,
    status: member.status,
    created_at: isoSeconds(member.createdAt),
    updated_at: isoSeconds(member.updatedAt),
    schema: '/v2/schemas/member',
  };
}
