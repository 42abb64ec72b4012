import type { Refusal, Reply } from './frame.ts';

/** Reason and explanation of a status (swift/common/swob.py). */
const REASONS: Readonly<Record<number, readonly [reason: string, explanation: string]>> = {
  202: ['Accepted', 'The request is accepted for processing.'],
  400: [
    'Bad Request',
    'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  ],
  401: ['Unauthorized', 'This server could not verify that you are authorized to access the document you requested.'],
  403: ['Forbidden', 'Access was denied to this resource.'],
  404: ['Not Found', 'The resource could not be found.'],
  405: ['Method Not Allowed', 'The method is not allowed for this resource.'],
  406: ['Not Acceptable', 'The resource is not available in a format acceptable to your browser.'],
  409: ['Conflict', 'There was a conflict when trying to complete your request.'],
  411: ['Length Required', 'Content-Length header required.'],
  412: ['Precondition Failed', 'A precondition for this request was not met.'],
  413: ['Request Entity Too Large', 'The body of your request was too large for this server.'],
  416: ['Requested Range Not Satisfiable', 'The Range requested is not available.'],
  422: ['Unprocessable Entity', 'Unable to process the contained instructions'],
  499: ['Client Disconnect', 'The client was disconnected during request.'],
  500: ['Internal Error', 'The server has either erred or is incapable of performing the requested operation.'],
  503: ['Service Unavailable', 'The server is currently unavailable. Please try again at a later time.'],
};

/** The page of a status, as Swift says it. */
export function pageOf(status: number): string {
  const [reason, explanation] = REASONS[status] ?? ['', ''];
  return reason === '' ? '' : `<html><h1>${reason}</h1><p>${explanation}</p></html>`;
}

/**
 * A refusal in Swift's words: a message of type `plain` or `text` stands alone (as HTML or as text by its Content-Type),
 * everything else is the status' page.
 */
export function refusalPage(refusal: Refusal): Pick<Reply, 'text' | 'headers'> {
  if (refusal.type === 'text') return { text: refusal.message, headers: { 'Content-Type': 'text/plain' } };
  if (refusal.type === 'plain') return { text: refusal.message };
  if (refusal.type === 'empty') return { text: '' };
  return { text: pageOf(refusal.status) };
}

/** 202 with its page. */
export function accepted(headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 202, text: pageOf(202), headers };
}
