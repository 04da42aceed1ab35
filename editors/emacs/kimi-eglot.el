;;; kimi-eglot.el --- Kimi through Eglot  -*- lexical-binding: t; -*-

;; Copyright (C) 2026 The kimi-lsp authors
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Eglot has one server for a buffer.  `kimi-eglot-setup' makes that kimi-lsp.
;; To keep another one, `kimi-eglot-beside' runs both behind the multiplexer
;; rassumfrassum (the program rass), which Eglot takes for one server.

;;; Code:

(require 'cl-lib)
(require 'eglot)
(require 'kimi)

(defclass kimi-eglot-server (eglot-lsp-server) ()
  :documentation "Kimi-lsp, alone or beside another server behind rass.")

;;;###autoload
(defun kimi-eglot-setup (&rest modes)
  "Let Eglot use kimi-lsp, and no other server, in MODES or else in `kimi-modes'."
  (add-to-list 'eglot-server-programs (cons (or modes kimi-modes) #'kimi-eglot-contact)))

(defun kimi-eglot-contact (&optional _interactive _project)
  "What Eglot needs to start kimi-lsp."
  (kimi-eglot--contact kimi-command))

;;;###autoload
(defun kimi-eglot-beside (&rest server)
  "What Eglot needs to start SERVER, a program and its arguments, and kimi-lsp.
For example:
  (add-to-list \\='eglot-server-programs
               `(python-mode . ,(kimi-eglot-beside \"pylsp\")))
Needs the program rass: pip install rassumfrassum."
  (lambda (&optional _interactive _project)
    (kimi-eglot--contact `("rass" "--" ,@server "--" ,@kimi-command))))

(defun kimi-eglot--contact (command)
  "The class and the arguments of a server to be started by COMMAND."
  (list 'kimi-eglot-server :process (lambda (&optional _connection) (kimi-eglot--start command))))

(defun kimi-eglot--start (command)
  "The process of COMMAND, with the key in its environment."
  (when (file-remote-p default-directory)
    (user-error "Kimi does not work on files of another machine"))
  (unless (executable-find (car command))
    (user-error "There is no program %s: pip install %s" (car command)
                (if (equal (car command) "rass") "rassumfrassum" "kimi-lsp")))
  (let ((process-environment (kimi-environment)))
    (make-process :name "kimi-lsp" :command command :connection-type 'pipe
                  :coding 'utf-8-emacs-unix :noquery t
                  :stderr (get-buffer-create "*kimi-lsp stderr*"))))

;;; The connection, for the commands

(defun kimi-eglot--client ()
  "The connection of the current buffer, if it is to kimi-lsp."
  (let ((server (and (fboundp 'eglot-managed-p) (eglot-managed-p) (eglot-current-server))))
    (and (kimi-eglot-server-p server) server)))

(add-hook 'kimi-client-functions #'kimi-eglot--client)

(defun kimi-eglot--managed ()
  "Show in the mode line whether Kimi serves the current buffer."
  (kimi-mode (if (kimi-eglot--client) 1 -1)))

(add-hook 'eglot-managed-mode-hook #'kimi-eglot--managed)

(cl-defmethod kimi-client-request ((server kimi-eglot-server) method params callback)
  "Send METHOD with PARAMS to SERVER; CALLBACK gets the result.
What was typed is sent first."
  (kimi-eglot--tell-changes)
  (jsonrpc-async-request server (intern (concat ":" method)) params
                         :success-fn callback
                         :error-fn (lambda (err) (message "Kimi: %s" (plist-get err :message)))
                         :timeout-fn (lambda () (message "Kimi does not answer"))
                         :timeout 10))

(cl-defmethod kimi-client-place ((_server kimi-eglot-server) beg end)
  "The place from BEG to END."
  (append (eglot--TextDocumentIdentifier)
          (list :range (list :start (eglot--pos-to-lsp-position beg)
                             :end (eglot--pos-to-lsp-position end)))))

(defun kimi-eglot--tell-changes ()
  "Tell the server what was typed in this buffer, without waiting for a pause."
  (when (eglot-managed-p)
    (eglot--signal-textDocument/didChange)))

;;; What the server asks for

(cl-defmethod eglot-initialization-options ((_server kimi-eglot-server))
  "The settings of `kimi-settings'."
  (or kimi-settings (make-hash-table :size 1)))

(cl-defmethod eglot-client-capabilities ((_server kimi-eglot-server))
  "Those of Eglot, and what is handled here."
  (let* ((capabilities (copy-tree (cl-call-next-method)))
         (edits (plist-get (plist-get capabilities :workspace) :workspaceEdit)))
    (plist-put edits :resourceOperations ["create"])
    (plist-put capabilities :window '( :workDoneProgress t
                                       :showDocument (:support t)))))

(cl-defmethod eglot-handle-request
  ((server kimi-eglot-server) (method (eql 'workspace/applyEdit)) &key edit &allow-other-keys)
  "Apply EDIT for SERVER, in every file or in none, each as one undo step.
METHOD is the request's."
  (when (plist-member edit :documentChanges)
    (setq edit (list :documentChanges (kimi-text-edits edit))))
  (let* ((places (kimi-eglot--places edit))
         (buffers (kimi-visit (mapcar #'car places))))
    (kimi-eglot--check places buffers server)
    (cl-progv '(eglot-confirm-server-initiated-edits eglot-confirm-server-edits)
        (list (and kimi-confirm-edits 'confirm) (and kimi-confirm-edits 'summary))
      (kimi-as-one-undo buffers (cl-call-next-method server method :edit edit)))))

(defun kimi-eglot--places (edit)
  "The files and versions that EDIT is for: a list of (FILE . VERSION)."
  (let ((path (if (fboundp 'eglot-uri-to-path) 'eglot-uri-to-path 'eglot--uri-to-path)))
    (if-let ((changes (plist-get edit :documentChanges)))
        (mapcar (lambda (change)
                  (let ((document (plist-get change :textDocument)))
                    (cons (funcall path (plist-get document :uri))
                          (plist-get document :version))))
                changes)
      (cl-loop for (uri _) on (plist-get edit :changes) by #'cddr
               collect (list (funcall path uri))))))

(defun kimi-eglot--check (places buffers server)
  "Signal an error unless BUFFERS have the versions of PLACES.
SERVER is first told what was typed, so that it can send the edit again."
  (cl-loop for (file . version) in places
           for buffer in buffers
           do (with-current-buffer buffer
                (when (eq (kimi-eglot--client) server)
                  (kimi-eglot--tell-changes)
                  (unless (or (null version) (equal version eglot--versioned-identifier))
                    (jsonrpc-error "%s was changed meanwhile" (file-name-nondirectory file)))))))

(cl-defmethod eglot-handle-request
  ((_server kimi-eglot-server) (_method (eql 'window/showDocument)) &key uri &allow-other-keys)
  "Show the file of URI in another window."
  (let ((file (funcall (if (fboundp 'eglot-uri-to-path) 'eglot-uri-to-path 'eglot--uri-to-path)
                       uri)))
    (if (file-readable-p file)
        (progn (run-with-timer 0 nil #'kimi-show-file file) '(:success t))
      '(:success :json-false))))

(cl-defmethod eglot-handle-notification
  ((_server kimi-eglot-server) (_method (eql 'window/showMessage)) &key type message)
  "Show MESSAGE; an error, which is TYPE 1, in its face."
  (message "%s" (if (eql type 1) (propertize message 'face 'error) message)))

(cl-defmethod eglot-handle-notification
  ((_server kimi-eglot-server) (_method (eql '$/progress)) &key token value)
  "Show what the work TOKEN is doing, by VALUE."
  (cl-destructuring-bind (&key kind title message &allow-other-keys) value
    (kimi-note-progress token kind title message)))

(provide 'kimi-eglot)
;;; kimi-eglot.el ends here
